import type { InferenceSession, Tensor } from "onnxruntime-web";
import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok } from "../../core/result.ts";
import {
  BACKEND_ELEMENT_TYPES,
  type Backend,
  type BackendData,
  type BackendSession,
  type BackendTensor,
  type BackendTraits,
  type Tensors,
} from "./backend.ts";
import type { SerialQueue } from "./serial-queue.ts";
import { weightsFault } from "./weights-fault.ts";

/** What the engine uses of onnxruntime; its builds for Node and for WebAssembly share this surface. */
export interface OrtRuntime {
  readonly InferenceSession: {
    create(graph: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: typeof Tensor;
}

/** How one backend over onnxruntime differs from another. */
export interface OrtBackendOptions extends BackendTraits {
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

const unsupported = (message: string): { readonly ok: false; readonly problem: Problem } =>
  fail(problem("unsupported_graph", `${message} Prepare the model again.`));

/** An input or output of a type that no `BackendTensor` has; undefined where there is none. */
const foreignTensor = ({ inputMetadata, outputMetadata }: InferenceSession) =>
  [...inputMetadata, ...outputMetadata].find(
    (meta) => !meta.isTensor || !(BACKEND_ELEMENT_TYPES as readonly string[]).includes(meta.type),
  );

/** A backend over one build of onnxruntime. */
export const createOrtBackend = ({
  name,
  limits,
  ort,
  session: options,
  heapBytes,
  inTurn,
}: OrtBackendOptions): Backend => ({
  name,
  limits,
  heapBytes,
  async createSession(graph, weights) {
    const fault = weightsFault({ name, limits }, weights.byteLength);
    if (fault !== null) return fail(fault);
    const externalData = weights.byteLength > 0 ? [{ path: WEIGHTS_FILE, data: weights }] : [];
    let session: InferenceSession;
    try {
      session = await inTurn(() => ort.InferenceSession.create(graph, { ...options, externalData }));
    } catch (error) {
      return unsupported(`The runtime cannot load the graph: ${(error as Error).message}.`);
    }
    const foreign = foreignTensor(session);
    if (foreign === undefined) return ok(wrap(session, inTurn));
    await inTurn(() => session.release());
    const type = foreign.isTensor ? foreign.type : "no tensor";
    return unsupported(
      `The graph's "${foreign.name}" is ${type}; inputs and outputs must be ${BACKEND_ELEMENT_TYPES.join(", ")}.`,
    );
  },
  tensor: <Data extends BackendData>(data: Data, dims: readonly number[]) =>
    toOrtTensor(ort, data, dims) as unknown as BackendTensor<Data>,
});
