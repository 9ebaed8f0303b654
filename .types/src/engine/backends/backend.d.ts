import type { Result } from "../../core/result.ts";
/**
 * Elements of a tensor that crosses into the runtime: floats; token ids, masks and positions as int64; truth values as
 * bytes of 0 and 1.
 */
export type BackendData = Float32Array | BigInt64Array | Uint8Array;
/** A tensor in the runtime's own form, so that outputs become the next inputs without a copy in between. */
export interface BackendTensor<Data extends BackendData = BackendData> {
    readonly dims: readonly number[];
    /** The elements. A tensor made over an array sees later writes to it at the next run. */
    readonly data: Data;
}
/** Named tensors, in or out of a run. */
export type Tensors = Record<string, BackendTensor>;
/** One loaded graph. Runs do not share state, so several may be asked for at once. */
export interface BackendSession {
    /** Runs the graph and resolves to the outputs named in `fetches`. Rejects only on a bug or exhausted memory. */
    run(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>;
    /** Frees the runtime's memory; the session cannot run again. */
    release(): Promise<void>;
}
/** A runtime that loads and runs ONNX graphs. */
export interface Backend {
    readonly name: "web" | "node";
    /**
     * Loads a graph whose large tensors lie in `weights`, as `writeModel` laid them out; both arrays may be dropped
     * afterwards. Fails with `unsupported_graph` where the runtime refuses the graph.
     */
    createSession(graph: Uint8Array, weights: Uint8Array): Promise<Result<BackendSession>>;
    /** A tensor over `data`, which is not copied and must not be written while a run is under way. */
    tensor<Data extends BackendData>(data: Data, dims: readonly number[]): BackendTensor<Data>;
    /** Bytes of WebAssembly memory that the runtime holds; null where it is not WebAssembly. */
    heapBytes(): number | null;
}
