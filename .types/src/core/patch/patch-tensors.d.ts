import type { PatchRecord, TensorRecord } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Patch } from "./patch.ts";
type NamedTensors = Readonly<Record<string, Tensor>>;
/**
 * Checks that `patch` can act on `model`: a hook at its place, its tensors' names, dtypes and shapes, finite
 * numbers, and for a codebook radii, chains and targets. Of values that are not in memory only the shape is checked.
 *
 * Errors: `wrong_base_model`, `shape_mismatch`, `non_finite_tensor`, `malformed_tensors`, `limit_exceeded`.
 */
export declare const checkPatch: (patch: Patch, model: PreparedModel) => Result<Patch>;
/** The records of `tensors`, by name. */
export declare const tensorRecords: (tensors: NamedTensors) => TensorRecord[];
/** A patch as a bundle keeps it: the manifest's record, and the blobs that the record names. */
export interface EncodedPatch {
    readonly record: PatchRecord;
    readonly blobs: ReadonlyMap<Digest, Uint8Array<ArrayBuffer>>;
}
/**
 * Turns a patch into its manifest record and its safetensors blobs; equal patches give equal bytes. Throws where a
 * codebook's values are not in memory.
 */
export declare const encodePatch: (patch: Patch) => Promise<EncodedPatch>;
export {};
