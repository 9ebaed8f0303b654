import type { Hook, PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import type { ElementType } from "../tensor/safetensors.ts";
import type { LinearSite, PatchKind } from "./patch.ts";
/** Where a patch acts: enough to find its hook. */
export interface PatchPlace {
    readonly id: string;
    readonly kind: PatchKind;
    readonly layer: number;
    readonly site?: LinearSite;
}
/** The hook of `model` that a patch binds to. Errors: `wrong_base_model` where the model has none there. */
export declare const hookFor: (place: PatchPlace, model: PreparedModel) => Result<Hook>;
/** What a tensor is, without its data. */
export interface TensorForm {
    readonly dtype: ElementType;
    readonly shape: readonly number[];
}
/**
 * Checks that `tensors` are exactly those of the hook's kind, with its dtypes and shapes, r, n, m, c and t at least 1.
 * Errors: `shape_mismatch`, with what was expected and what came.
 */
export declare const checkPatchShapes: (patch: string, tensors: ReadonlyMap<string, TensorForm>, hook: Hook) => Result<true>;
