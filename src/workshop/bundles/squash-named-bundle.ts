import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import { sourceParameters } from "../../core/bundle/merge-bundles.ts";
import { openPatches } from "../../core/bundle/verify-bundle.ts";
import { disturbedCodebooks } from "../../core/patch/disturbed-codebooks.ts";
import { isCodebook } from "../../core/patch/kinds/codebook.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { ok, type Result } from "../../core/result.ts";
import { type SquashedSite, squashLowRank } from "../../edit/down-projection/squash-low-rank.ts";
import type { Compression } from "../../edit/down-projection/truncate-product.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { requireNamedBundle } from "./bundle-reference.ts";
import { type WritingOptions, type WrittenBundle, writeSignedBundle } from "./write-signed-bundle.ts";

/** The method that a squashed bundle's manifest names: what made its patches stands in its parameters. */
export const SQUASHED_METHOD = "squashed";

/** What to squash, how far, and how to write it. */
export interface SquashOptions extends WritingOptions {
  readonly bundle: string;
  /** The base model that a reference without one means. */
  readonly model: string;
  readonly compression: Compression;
}

/** A bundle made of another. */
export interface MadeSquash {
  readonly sites: readonly SquashedSite[];
  /** Patches of other kinds, as they were. */
  readonly untouched: number;
  /** Codebooks that compare states which the compressed patches move otherwise than before. */
  readonly disturbed: ReturnType<typeof disturbedCodebooks>;
  readonly bundle: BuiltBundle;
}

const compressionParameters = (compression: Compression): Readonly<Record<string, string>> =>
  "rank" in compression
    ? { "squash.rank": String(compression.rank) }
    : { "squash.error": String(compression.error) };

/** The codebooks behind a site that does not act exactly as before. */
const disturbedBy = (patches: readonly Patch[], sites: readonly SquashedSite[]) => {
  const changed = new Set(sites.flatMap(({ patch, error }) => (error > 0 ? [patch] : [])));
  return disturbedCodebooks(patches.filter((patch) => isCodebook(patch) || changed.has(patch.id)));
};

const largestError = (sites: readonly SquashedSite[]): string =>
  Math.max(...sites.map(({ error }) => error)).toExponential(2);

const squash = async (
  { bundle: reference, model: modelName, compression }: SquashOptions,
  context: WorkshopContext,
): Promise<Result<MadeSquash>> => {
  const named = await requireNamedBundle(reference, modelName, context);
  if (!named.ok) return named;
  const { id, manifest, getBlobs } = named.value;
  const model = await findBaseModel(manifest.model, context);
  if (!model.ok) return model;
  const opened = await openPatches(manifest, model.value, getBlobs);
  if (!opened.ok) return opened;
  const squashed = squashLowRank(opened.value, compression, (done, total) =>
    context.progress.step({ stage: "Compressing site", done, total }),
  );
  if (!squashed.ok) return squashed;
  const { patches, sites } = squashed.value;
  const bundle = await buildBundle({
    edits: manifest.edits,
    patches,
    method: SQUASHED_METHOD,
    parameters: {
      ...(await sourceParameters([named.value])),
      ...compressionParameters(compression),
      "squash.largest-error": largestError(sites),
    },
    // Nothing is drawn; the source's manifest has its own.
    seed: 0,
    model: model.value,
    parent: id,
    report: null,
  });
  if (!bundle.ok) return bundle;
  const untouched = patches.length - sites.length;
  return ok({ sites, untouched, disturbed: disturbedBy(patches, sites), bundle: bundle.value });
};

/**
 * Makes one low-rank patch a site of those of the bundle that is named, which is the new one's parent, and writes it.
 *
 * Errors: those of `requireNamedBundle`, `findBaseModel`, `openPatches`, `squashLowRank`, `buildBundle` and
 * `writeSignedBundle`.
 */
export const squashNamedBundle = (
  options: SquashOptions,
  context: WorkshopContext,
): Promise<Result<MadeSquash & WrittenBundle>> =>
  writeSignedBundle(options, context, () => squash(options, context));
