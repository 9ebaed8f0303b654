import type { InferenceSession, Tensor } from "onnxruntime-web";
import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok } from "../../core/result.ts";
import type { Backend, BackendData, BackendSession, BackendTensor, Tensors } from "./backend.ts";
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

const toOrtTensor = (ort: OrtRuntime, data: BackendData, dims: readonly number[]): Tensor => {
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  return data instanceof BigInt64Array
    ? new ort.Tensor("int64", data, dims)
    : new ort.Tensor("bool", data, dims);
};

const wrap = (session: InferenceSession, inTurn: SerialQueue): BackendSession => ({
  run: async (feeds, fetches) =>
    (await inTurn(() =>
      session.run(feeds as unknown as InferenceSession.FeedsType, fetches),
    )) as unknown as Tensors,
  release: () => inTurn(() => session.release()),
});

/** A backend over one build of onnxruntime. */
export const createOrtBackend = ({
  name,
  ort,
  session: options,
  heapBytes,
  inTurn,
}: OrtBackendOptions): Backend => ({
  name,
  heapBytes,
  async createSession(graph, weights) {
    const externalData = weights.byteLength > 0 ? [{ path: WEIGHTS_FILE, data: weights }] : [];
    try {
      const create = () => ort.InferenceSession.create(graph, { ...options, externalData });
      return ok(wrap(await inTurn(create), inTurn));
    } catch (error) {
      return fail(
        problem(
          "unsupported_graph",
          `The runtime cannot load the graph: ${(error as Error).message}. Prepare the model again.`,
        ),
      );
    }
  },
  tensor: <Data extends BackendData>(data: Data, dims: readonly number[]) =>
    toOrtTensor(ort, data, dims) as unknown as BackendTensor<Data>,
});
