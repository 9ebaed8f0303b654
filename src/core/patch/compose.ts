import type { PreparedModel } from "../model/prepared-model.ts";
import { ok, type Result } from "../result.ts";
import { checkPatches, tensorsAtHand } from "./check-patch.ts";
import { kindOf, type Patch } from "./patch.ts";
import { bindingLists, type PatchSet } from "./patch-set.ts";

/** Bytes held in memory: the patches' own tensors, and the merged copies that the graph is fed. */
const countBytes = (patches: readonly Patch[], bindings: readonly object[]): number =>
  [
    ...patches.flatMap((patch) => Object.values(tensorsAtHand(patch)).map((tensor) => tensor.data)),
    ...bindings.flatMap((binding) => Object.values(binding)),
  ].reduce((sum, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0), 0);

/**
 * Composes what a channel serves out of its patches, for the engine: what each kind makes of its own, in the order of
 * `patches`: per layer one codebook and one block of neurons, per linear layer one pair of factors. Every patch is
 * checked against `model` first. `digest` names the set: equal digests must mean equal patches in equal order.
 *
 * Errors: those of `checkPatches`; nothing is composed in part.
 */
export const composePatchSet = (
  digest: string,
  patches: readonly Patch[],
  model: PreparedModel,
): Result<PatchSet> => {
  const checked = checkPatches(patches, model);
  if (!checked.ok) return checked;
  const lists = bindingLists((kind) => kind.compose(patches.filter((patch) => kindOf(patch) === kind)));
  return ok({ digest, ...lists, bytes: countBytes(patches, Object.values(lists).flat()) });
};
