import { type BundleDiff, type DiffSide, diffBundles, pairsToCompare } from "../../core/bundle/diff.ts";
import { openPatches } from "../../core/bundle/verify-bundle.ts";
import { ok, type Result } from "../../core/result.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { findNamedBundle, type NamedBundle } from "./bundle-reference.ts";

/** Two bundles, null for the bare model, and what changes in meaning between them. */
export interface NamedDiff {
  readonly before: NamedBundle | null;
  readonly after: NamedBundle | null;
  readonly diff: BundleDiff;
}

/** A side with the tensors of the patches to compare; without them where the base model is not to be had. */
const withPatches = async (
  bundle: NamedBundle,
  compared: ReadonlySet<string>,
  context: WorkshopContext,
): Promise<Result<DiffSide>> => {
  const { manifest } = bundle;
  const model = await findBaseModel(manifest.model, context);
  if (!model.ok) return ok({ manifest });
  const part = { ...manifest, patches: manifest.patches.filter(({ id }) => compared.has(id)) };
  const patches = await openPatches(part, model.value, bundle.getBlobs);
  return patches.ok ? ok({ manifest, patches: patches.value }) : patches;
};

const compare = async (
  before: NamedBundle | null,
  after: NamedBundle | null,
  context: WorkshopContext,
): Promise<Result<BundleDiff>> => {
  const pairs = pairsToCompare(before, after);
  if (before === null || after === null || pairs.length === 0) return ok(diffBundles(before, after));
  const left = await withPatches(before, new Set(pairs.map((pair) => pair.before.id)), context);
  if (!left.ok) return left;
  const right = await withPatches(after, new Set(pairs.map((pair) => pair.after.id)), context);
  return right.ok ? ok(diffBundles(left.value, right.value)) : right;
};

/**
 * Compares the bundles that `before` and `after` refer to; `model` is the base model that references without one mean.
 *
 * Errors: those of `findNamedBundle` and `openPatches`.
 */
export const diffNamedBundles = async (
  references: { readonly before: string; readonly after: string; readonly model: string },
  context: WorkshopContext,
): Promise<Result<NamedDiff>> => {
  const before = await findNamedBundle(references.before, references.model, context);
  if (!before.ok) return before;
  const after = await findNamedBundle(references.after, references.model, context);
  if (!after.ok) return after;
  const diff = await compare(before.value, after.value, context);
  return diff.ok ? ok({ before: before.value, after: after.value, diff: diff.value }) : diff;
};
