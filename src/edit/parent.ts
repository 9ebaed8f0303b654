import type { Edit } from "../core/edit/edit.ts";
import { composePatchSet } from "../core/patch/compose.ts";
import type { Patch } from "../core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../core/patch/patch-set.ts";
import { ok, type Result } from "../core/result.ts";
import type { EditingContext } from "./method.ts";

/** What remains of a parent bundle under new edits, its indices made to fit. */
export interface KeptParent {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
}

/**
 * The parent's edits and patches, without those that `edits` replace: an edit with the same prompt is
 * corrected again, so its old patch goes. A jointly solved patch goes only when all its edits do.
 */
export const keepParent = (parent: EditingContext["parent"], edits: readonly Edit[]): KeptParent => {
  const replaced = new Set(edits.map(({ prompt }) => prompt));
  const kept = parent.edits.flatMap((edit, index) => (replaced.has(edit.prompt) ? [] : [index]));
  const patches = parent.patches.flatMap((patch) => {
    const remaining = patch.edits.map((index) => kept.indexOf(index)).filter((index) => index >= 0);
    return remaining.length > 0 ? [{ ...patch, edits: remaining }] : [];
  });
  return { edits: kept.map((index) => parent.edits[index]!), patches };
};

/** The parent's patch set, as the engine takes it; the bare model where there is no parent. */
export const composeParent = (context: EditingContext): Result<PatchSet> =>
  context.parent.patches.length === 0
    ? ok(EMPTY_PATCH_SET)
    : composePatchSet("parent", context.parent.patches, context.model);
