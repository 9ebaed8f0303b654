import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import {
  MERGED_METHOD,
  type MergedBundles,
  type MergeSource,
  mergeBundles,
} from "../../core/bundle/merge-bundles.ts";
import { openPatches } from "../../core/bundle/verify-bundle.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { type ShrunkBall, separateCodebooks } from "../../edit/codebook/separate-codebooks.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type NamedBundle, requireNamedBundle } from "./bundle-reference.ts";
import { type WritingOptions, type WrittenBundle, writeSignedBundle } from "./write-signed-bundle.ts";

/** What to merge, and how to write it. */
export interface MergeOptions extends WritingOptions {
  /** References of two bundles or more; the first is the parent. */
  readonly bundles: readonly string[];
  /** The base model that references without one mean. */
  readonly model: string;
}

/** A bundle made of several. */
export interface MadeMerge {
  readonly sources: readonly { readonly reference: string; readonly source: MergeSource }[];
  readonly merged: MergedBundles;
  readonly shrunk: readonly ShrunkBall[];
  readonly bundle: BuiltBundle;
}

const findAll = async (
  references: readonly string[],
  model: string,
  context: WorkshopContext,
): Promise<Result<readonly NamedBundle[]>> => {
  const found: NamedBundle[] = [];
  for (const reference of references) {
    const named = await requireNamedBundle(reference, model, context);
    if (!named.ok) return named;
    found.push(named.value);
  }
  return ok(found);
};

const openSource = async (
  { id, manifest, getBlobs }: NamedBundle,
  model: PreparedModel,
): Promise<Result<MergeSource>> => {
  const patches = await openPatches(manifest, model, getBlobs);
  return patches.ok ? ok({ id, manifest, patches: patches.value }) : patches;
};

const merge = async (
  { bundles: references, model: modelName }: MergeOptions,
  context: WorkshopContext,
): Promise<Result<MadeMerge>> => {
  const named = await findAll(references, modelName, context);
  if (!named.ok) return named;
  const model = await findBaseModel(named.value[0]!.manifest.model, context);
  if (!model.ok) return model;
  const sources: MergeSource[] = [];
  for (const bundle of named.value) {
    const source = await openSource(bundle, model.value);
    if (!source.ok) return source;
    sources.push(source.value);
  }
  const merged = await mergeBundles(sources);
  if (!merged.ok) return merged;
  const separated = separateCodebooks(merged.value.patches);
  if (!separated.ok) return separated;
  const { edits, parameters } = merged.value;
  const bundle = await buildBundle({
    edits,
    patches: separated.value.patches,
    method: MERGED_METHOD,
    parameters,
    // Nothing is drawn in a merge; each source's manifest has its own.
    seed: 0,
    model: model.value,
    parent: sources[0]!.id,
    report: null,
  });
  if (!bundle.ok) return bundle;
  return ok({
    sources: sources.map((source, index) => ({ reference: references[index]!, source })),
    merged: merged.value,
    shrunk: separated.value.shrunk,
    bundle: bundle.value,
  });
};

/**
 * Merges the bundles that are named, the first of them the parent, keeps their codebooks apart, and writes the bundle.
 *
 * Errors: those of `requireNamedBundle`, `findBaseModel`, `openPatches`, `mergeBundles`, `separateCodebooks`,
 * `buildBundle` and `writeSignedBundle`.
 */
export const mergeNamedBundles = (
  options: MergeOptions,
  context: WorkshopContext,
): Promise<Result<MadeMerge & WrittenBundle>> =>
  writeSignedBundle(options, context, () => merge(options, context));
