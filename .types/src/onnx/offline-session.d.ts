import { type Result } from "../core/result.ts";
import type { ElementType, Graph } from "./graph.ts";
/** Threads within one operation where the caller does not say; results are repeatable for a given number. */
export declare const DEFAULT_THREADS = 2;
/** Elements of a tensor: bool as bytes, int64 as BigInt64Array, float16 as its bit patterns. */
export type OfflineData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | Int8Array | Uint16Array;
/** A dense row-major tensor as the native runtime takes it and gives it. */
export interface OfflineTensor<Data extends OfflineData = OfflineData> {
    readonly type: ElementType;
    readonly shape: readonly number[];
    readonly data: Data;
}
/** How to open a session. */
export interface OfflineSessionOptions {
    /** Threads within one operation. */
    readonly threads?: number;
    /**
     * False lets threads sleep where they wait for each other, instead of spinning: right for large runs on cores that
     * others use as well; true (the default) is right for many small ones.
     */
    readonly spin?: boolean;
    /** False runs the graph exactly as written, for tracing; true (the default) lets the runtime fuse. */
    readonly optimize?: boolean;
    /** Tensors to make outputs besides the graph's own; their types need not be known. */
    readonly exposed?: readonly string[];
}
/** A graph loaded into onnxruntime-node on the CPU. A run blocks the event loop until it is done. */
export interface OfflineSession {
    /**
     * Runs the graph on `feeds`, one tensor for each graph input, and resolves to the outputs asked for: all of them
     * where `fetches` is left out, those listed, or those of a map. A map's tensors are written in place, which
     * saves an allocation each; their shapes must be exact. Rejects on feeds that do not fit the graph.
     */
    run(feeds: Readonly<Record<string, OfflineTensor>>, fetches?: readonly string[] | Readonly<Record<string, OfflineTensor | null>>): Promise<Readonly<Record<string, OfflineTensor>>>;
    /** Element types of the outputs, exposed ones included, as the runtime inferred them. */
    readonly outputTypes: ReadonlyMap<string, ElementType>;
    /** Frees the native memory; the session cannot run again. */
    release(): Promise<void>;
}
/**
 * Opens `graph` in onnxruntime-node. Fails with `unsupported_graph` where
 * the runtime refuses the graph.
 */
export declare const openOfflineSession: (graph: Graph, { threads, spin, optimize, exposed }?: OfflineSessionOptions) => Promise<Result<OfflineSession>>;
/** A float32 tensor over `data`, which is not copied. */
export declare const floatTensor: (shape: readonly number[], data: Float32Array) => OfflineTensor<Float32Array>;
/** An int64 tensor of ordinary integers, such as token ids. */
export declare const integerTensor: (shape: readonly number[], values: ArrayLike<number>) => OfflineTensor<BigInt64Array>;
