import type { CodebookBinding } from "../../core/patch/patch-set.ts";
import { ResidentRows } from "./resident-rows.ts";
/** The key of a codebook that lies nearest to a state. */
export interface NearestKey {
    /** Index of the entry; of several equally near ones the first. */
    readonly index: number;
    /** Euclidean distance, computed in float64 and rounded to float32, the precision of radii. */
    readonly distance: number;
}
/**
 * Finds nearest keys with the WebAssembly kernel, among rows that stay in its memory. Squared distances are summed in
 * float32: of keys whose distances agree to that precision, or lie below 1e-19, any may win.
 */
export declare class KeySearch {
    #private;
    /** @param kernel the compiled `wasm/nearest-key.wasm` */
    constructor(kernel: WebAssembly.Module, rows: ResidentRows);
    /** The entry of `codebook` whose key is nearest to the query [d] that starts at `offset` of `states`. */
    nearest(codebook: CodebookBinding, states: Float32Array, offset?: number): NearestKey;
}
