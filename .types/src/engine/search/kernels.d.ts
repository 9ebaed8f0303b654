/** The engine's own WebAssembly, compiled; each works on rows in a memory that its host gives it. */
export interface Kernels {
    /** `wasm/nearest-key.wat` */
    readonly nearestKey: WebAssembly.Module;
    /** `wasm/fired-neurons.wat` */
    readonly firedNeurons: WebAssembly.Module;
}
