import type { NeuronsBinding } from "../../core/patch/patch-set.ts";
import { ResidentRows } from "./resident-rows.ts";
/**
 * Finds the neurons that fire with the WebAssembly kernel, among keys that stay in its memory. Dot products are summed
 * in float32: whether one fires that lies within rounding of zero may come out otherwise than in the graph.
 */
export declare class NeuronSearch {
    #private;
    /** @param kernel the compiled `wasm/fired-neurons.wasm` */
    constructor(kernel: WebAssembly.Module, rows: ResidentRows);
    /**
     * Indices of the neurons that fire at the state [d] that starts at `offset` of `states`, in order: a view, which the
     * next search overwrites.
     */
    fired(neurons: NeuronsBinding, states: Float32Array, offset?: number): Int32Array;
}
