import type { PreparedModel } from "../model/prepared-model.ts";
import { fail, ok, type Result } from "../result.ts";
import { checkFinite, elementTypeOf } from "../tensor/safetensors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkShapes, type TensorForm } from "./check-shapes.ts";
import { ALL_KINDS, kindOf, type Patch } from "./patch.ts";
import type { PatchBase } from "./patch-kind.ts";
import { areResident } from "./patch-values.ts";

/** The tensors in memory: all of a patch's but values that are to be read later. */
export const tensorsAtHand = ({ tensors, values }: PatchBase): Readonly<Record<string, Tensor>> =>
  values !== undefined && areResident(values) ? { ...tensors, values } : tensors;

const formsOf = (patch: PatchBase): ReadonlyMap<string, TensorForm> => {
  const forms = new Map<string, TensorForm>();
  for (const [name, tensor] of Object.entries(tensorsAtHand(patch)))
    forms.set(name, { dtype: elementTypeOf(tensor), shape: tensor.shape });
  if (patch.values !== undefined && !areResident(patch.values))
    forms.set("values", { dtype: "F32", shape: patch.values.shape });
  return forms;
};

/**
 * Checks that `patch` can act on `model`: a hook at its place, its tensors' names, element types and shapes, finite
 * numbers, and what else its kind asks for. Of values that are not in memory only the shape is checked.
 *
 * Errors: `wrong_base_model`, `shape_mismatch`, `non_finite_tensor`, `malformed_tensors`, `limit_exceeded`.
 */
export const checkPatch = (patch: Patch, model: PreparedModel): Result<Patch> => {
  const kind = kindOf(patch);
  const rule = kind.shapes(patch, model);
  if (!rule.ok) return rule;
  const shapes = checkShapes(patch.id, formsOf(patch), rule.value);
  if (!shapes.ok) return shapes;
  for (const [name, tensor] of Object.entries(tensorsAtHand(patch))) {
    const finite = checkFinite(name, tensor);
    if (!finite.ok) return finite;
  }
  const fault = kind.contentFault(patch, model);
  return fault === null ? ok(patch) : fail(fault);
};

/**
 * Checks patches that are to act together on `model`: each of them, and the limits of each kind. Errors: those of
 * `checkPatch`; `limit_exceeded` for too large a codebook.
 */
export const checkPatches = (patches: readonly Patch[], model: PreparedModel): Result<readonly Patch[]> => {
  for (const patch of patches) {
    const checked = checkPatch(patch, model);
    if (!checked.ok) return checked;
  }
  for (const kind of ALL_KINDS) {
    const fault = kind.limitFault(patches.filter((patch) => kindOf(patch) === kind));
    if (fault !== null) return fail(fault);
  }
  return ok(patches);
};
