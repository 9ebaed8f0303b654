import type { Result } from "../result.ts";
import type { FloatTensor } from "../tensor/tensor.ts";

/** Values of a patch that are not in memory; read when they are needed, as when an entry of a codebook hits. */
export interface DeferredValues {
  /** As the manifest claims it; `read` holds to it. */
  readonly shape: readonly number[];
  /**
   * Fetches, verifies and decodes all of them. Errors: those of whoever fetches; `missing_blob`, `digest_mismatch`,
   * `malformed_tensors`, `shape_mismatch`, `non_finite_tensor`.
   */
  readonly read: () => Promise<Result<FloatTensor>>;
}

/** The values of a patch: at hand, or to be read when they are needed. */
export type PatchValues = FloatTensor | DeferredValues;

/** Whether `values` are at hand. */
export const areResident = (values: PatchValues): values is FloatTensor => "data" in values;

/** Values that must be at hand, as in a patch that was just made or opened whole. Throws where they are not. */
export const residentValues = (values: PatchValues): FloatTensor => {
  if (areResident(values)) return values;
  throw new Error("These values are not in memory; open the patch whole.");
};
