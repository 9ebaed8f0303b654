import type { Result } from "../../core/result.ts";

/**
 * Elements of a tensor that crosses into the runtime: floats; token ids, masks and positions as int64; truth values as
 * bytes of 0 and 1.
 */
export type BackendData = Float32Array | BigInt64Array | Uint8Array;

/** The types of those elements, as ONNX names them; a graph with inputs or outputs of others is refused. */
export const BACKEND_ELEMENT_TYPES = ["float32", "int64", "bool"] as const;

/** A tensor in the runtime's own form, so that outputs become the next inputs without a copy in between. */
export interface BackendTensor<Data extends BackendData = BackendData> {
  readonly dims: readonly number[];
  /**
   * The elements. A tensor made over an array sees later writes to it at the next run. An output's are the caller's:
   * no later run writes to them, and they outlive the session.
   */
  readonly data: Data;
}

/** Named tensors, in or out of a run. */
export type Tensors = Record<string, BackendTensor>;

/** One loaded graph. Runs do not share state, so several may be asked for at once. */
export interface BackendSession {
  /**
   * Runs the graph and resolves to the outputs named in `fetches`. Rejects only on a bug, such as feeds that do not
   * fit or a session released before, or on exhausted memory; the session can run again after it.
   */
  run(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>;
  /** Frees the runtime's memory; the session cannot run again. */
  release(): Promise<void>;
}

/** What a backend takes, as figures; `/v1/info` shows those of the service's backend. */
export interface BackendLimits {
  /** Most bytes of one model's weights; null where the machine's memory alone bounds them. */
  readonly weightsBytes: number | null;
  /** Threads within one operation. */
  readonly threads: number;
}

/** What is known of a backend before it is started. */
export interface BackendTraits {
  /** Where it runs, for people: `workerd`, `node`. */
  readonly name: string;
  readonly limits: BackendLimits;
}

/**
 * A runtime that loads and runs ONNX graphs: a folder of its own here, held to by the contract suite in
 * `test/contract`. Which there are is nobody's list; a root makes the one that fits where it runs.
 */
export interface Backend extends BackendTraits {
  /**
   * Loads a graph whose large tensors lie in `weights`, as `writeModel` laid them out; both arrays may be dropped
   * afterwards. Fails with `limit_exceeded` where the weights are more than `limits` allows, and with
   * `unsupported_graph` where inputs or outputs are of other types than `BACKEND_ELEMENT_TYPES`, or where the runtime
   * refuses the graph: bytes that are none, operators that it does not have, weights that are not there.
   */
  createSession(graph: Uint8Array, weights: Uint8Array): Promise<Result<BackendSession>>;
  /** A tensor over `data`, which is not copied and must not be written while a run is under way. */
  tensor<Data extends BackendData>(data: Data, dims: readonly number[]): BackendTensor<Data>;
  /** Bytes of WebAssembly memory that the runtime holds; null where it is not WebAssembly. */
  heapBytes(): number | null;
}
