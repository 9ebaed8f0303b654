import type { Result } from "../result.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
/** Values of a codebook that are not in memory; read when one of its entries hits. */
export interface DeferredValues {
    /** [c, t, d], as the manifest claims it; `read` holds to it. */
    readonly shape: readonly number[];
    /**
     * Fetches, verifies and decodes all of them. Errors: those of whoever fetches; `missing_blob`, `digest_mismatch`,
     * `malformed_tensors`, `shape_mismatch`, `non_finite_tensor`.
     */
    readonly read: () => Promise<Result<FloatTensor>>;
}
/** The values of a codebook's chains [c, t, d]: at hand, or to be read on a hit. */
export type ChainValues = FloatTensor | DeferredValues;
/** Whether `values` are at hand. */
export declare const areResident: (values: ChainValues) => values is FloatTensor;
/** Values that must be at hand, as in a patch that was just made or opened whole. Throws where they are not. */
export declare const residentValues: (values: ChainValues) => FloatTensor;
