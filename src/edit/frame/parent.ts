import type { Edit } from "../../core/edit/edit.ts";
import { findContradicted } from "../../core/edit/edit-conflicts.ts";
import { composePatchSet } from "../../core/patch/compose.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditingContext } from "../method.ts";

/** What remains of a parent bundle under new edits, its indices made to fit. */
export interface KeptParent {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
}

/**
 * The parent's edits and patches, without those that `edits` replace: an edit with the same prompt, or one that a
 * new edit contradicts, is corrected again, so its old patch goes. A jointly solved patch goes only when all its
 * edits do.
 */
export const keepParent = (parent: EditingContext["parent"], edits: readonly Edit[]): KeptParent => {
  const prompts = new Set(edits.map(({ prompt }) => prompt));
  const contradicted = findContradicted(parent.edits, edits);
  const kept = parent.edits.flatMap((edit, index) =>
    prompts.has(edit.prompt) || contradicted.has(index) ? [] : [index],
  );
  const places = new Map(kept.map((index, place) => [index, place]));
  const patches = parent.patches.flatMap((patch) => {
    const remaining = patch.edits.flatMap((index) => places.get(index) ?? []);
    return remaining.length > 0 ? [{ ...patch, edits: remaining }] : [];
  });
  return { edits: kept.map((index) => parent.edits[index]!), patches };
};

/** Patches as the engine takes them; the bare model where there are none. Errors: those of `composePatchSet`. */
export const composePatches = (
  patches: readonly Patch[],
  { model }: Pick<EditingContext, "model">,
): Result<PatchSet> =>
  patches.length === 0 ? ok(EMPTY_PATCH_SET) : composePatchSet("draft", patches, model);
