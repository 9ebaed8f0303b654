import type { InferenceSession, Tensor as RuntimeValue } from "onnxruntime-node";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { ElementType, Graph } from "./graph.ts";
import { loadNativeRuntime, type NativeRuntime } from "./native-runtime.ts";
import { writeModel } from "./write-model.ts";

/** Threads within one operation where the caller does not say; results are repeatable for a given number. */
export const DEFAULT_THREADS = 2;

/** Name under which the weights travel beside the graph; it never becomes a file. */
const WEIGHTS_LOCATION = "weights";

/** Elements of a tensor: bool as bytes, int64 as BigInt64Array, float16 as its bit patterns. */
export type OfflineData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Uint16Array;

/** A dense row-major tensor as the native runtime takes it and gives it. */
export interface OfflineTensor<Data extends OfflineData = OfflineData> {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Tensors by the names that a graph has for them. */
export type Feeds = Readonly<Record<string, OfflineTensor>>;

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
   * Runs the graph on `feeds`, one tensor for each graph input and any others, which are ignored, and resolves to the
   * outputs asked for: all of them where `fetches` is left out, those listed, or those of a map. A map's tensors are
   * written in place, which saves an allocation each; their shapes must be exact. What the graph makes in half precision
   * comes out as float32. Rejects on feeds that do not fit the graph.
   */
  run(
    feeds: Feeds,
    fetches?: readonly string[] | Readonly<Record<string, OfflineTensor | null>>,
  ): Promise<Feeds>;
  /** Element types of the outputs, exposed ones included, as the runtime inferred them. */
  readonly outputTypes: ReadonlyMap<string, ElementType>;
  /** Frees the native memory; the session cannot run again. */
  release(): Promise<void>;
}

const fromRuntime = (value: RuntimeValue): OfflineTensor => ({
  type: value.type as ElementType,
  shape: value.dims,
  data: value.data as OfflineData,
});

/** A half-precision tensor in single precision; any other as it is. */
const widened = (tensor: OfflineTensor): OfflineTensor => {
  if (tensor.type !== "float16") return tensor;
  const { buffer, byteOffset, length } = tensor.data as Uint16Array<ArrayBuffer>;
  return {
    ...tensor,
    type: "float32",
    data: Float32Array.from(new Float16Array(buffer, byteOffset, length)),
  };
};

const mapRecord = <From, To>(record: Readonly<Record<string, From>>, convert: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));

const wrap = (runtime: NativeRuntime, session: InferenceSession): OfflineSession => {
  const toRuntime = ({ type, data, shape }: OfflineTensor): RuntimeValue =>
    new runtime.Tensor(type, data as never, shape);
  const inputs = new Set(session.inputNames);
  return {
    async run(feeds, fetches) {
      const wanted =
        fetches === undefined || Array.isArray(fetches)
          ? (fetches as readonly string[] | undefined)
          : mapRecord(fetches as Readonly<Record<string, OfflineTensor | null>>, (tensor) =>
              tensor === null ? null : toRuntime(tensor),
            );
      const taken = Object.entries(feeds).filter(([name]) => inputs.has(name));
      const given = mapRecord(Object.fromEntries(taken), toRuntime);
      const results = await (wanted === undefined ? session.run(given) : session.run(given, wanted));
      return mapRecord(results as Readonly<Record<string, RuntimeValue>>, (value) =>
        widened(fromRuntime(value)),
      );
    },
    outputTypes: new Map(
      session.outputMetadata.flatMap((meta) =>
        meta.isTensor ? [[meta.name, meta.type as ElementType] as const] : [],
      ),
    ),
    release: () => session.release(),
  };
};

/**
 * Opens `graph` in onnxruntime-node. Fails with `unsupported_graph` where
 * the runtime refuses the graph.
 */
export const openOfflineSession = async (
  graph: Graph,
  { threads = DEFAULT_THREADS, spin = true, optimize = true, exposed = [] }: OfflineSessionOptions = {},
): Promise<Result<OfflineSession>> => {
  const runtime = await loadNativeRuntime();
  const { graph: bytes, weights } = writeModel(graph, WEIGHTS_LOCATION, exposed);
  try {
    const session = await runtime.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      ...(!spin && { extra: { session: { intra_op: { allow_spinning: "0" } } } }),
      graphOptimizationLevel: optimize ? "all" : "disabled",
      ...(weights.byteLength > 0 && { externalData: [{ path: WEIGHTS_LOCATION, data: weights }] }),
    });
    return ok(wrap(runtime, session));
  } catch (error) {
    return fail(
      problem(
        "unsupported_graph",
        `The runtime cannot load graph "${graph.name}": ${(error as Error).message}`,
      ),
    );
  }
};

/** A float32 tensor over `data`, which is not copied. */
export const floatTensor = (shape: readonly number[], data: Float32Array): OfflineTensor<Float32Array> => ({
  type: "float32",
  shape,
  data,
});

/** An int64 tensor of ordinary integers, such as token ids. */
export const integerTensor = (
  shape: readonly number[],
  values: ArrayLike<number>,
): OfflineTensor<BigInt64Array> => ({
  type: "int64",
  shape,
  data: BigInt64Array.from(values, (value) => BigInt(value)),
});
