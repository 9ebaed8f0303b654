import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { Backend } from "./backend.ts";
import type { SerialQueue } from "./serial-queue.ts";
/** What the engine uses of onnxruntime; its builds for Node and for WebAssembly share this surface. */
export interface OrtRuntime {
    readonly InferenceSession: {
        create(graph: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
    };
    readonly Tensor: typeof Tensor;
}
/** How a backend differs from the other. */
export interface OrtBackendOptions {
    readonly name: Backend["name"];
    readonly ort: OrtRuntime;
    readonly session: InferenceSession.SessionOptions;
    readonly heapBytes: () => number | null;
    /** Where calls into the runtime must wait for each other, the queue they stand in. */
    readonly inTurn: SerialQueue;
}
/** A backend over one build of onnxruntime. */
export declare const createOrtBackend: ({ name, ort, session: options, heapBytes, inTurn, }: OrtBackendOptions) => Backend;
