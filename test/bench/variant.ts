/** What is attached to the model while it is measured. */
export type PatchVariant =
  | { readonly kind: "none" }
  | { readonly kind: "codebook"; readonly entries: number; readonly hit: boolean }
  | { readonly kind: "low-rank"; readonly rank: number }
  | { readonly kind: "neurons"; readonly size: number };

/** One measurement inside the Worker: the same prompt decoded `repeats` times. */
export interface MeasureRequest {
  /** Null decodes with onnxruntime-web alone, on the graph without patch inputs. */
  readonly variant: PatchVariant | null;
  readonly prompt: readonly number[];
  /** 0 runs the prompt only. */
  readonly tokens: number;
  readonly repeats: number;
}

/** What a measurement saw; its time is taken by whoever asked, as a Worker's clock stands still while it computes. */
export interface MeasureReply {
  /** Of the last repeat. */
  readonly answer: readonly number[];
  /** Whether a codebook entry hit; null where there is no codebook. */
  readonly hit: boolean | null;
}

/** What loading the two models said. */
export interface LoadReply {
  /** Bytes of the runtime's WebAssembly memory before any model. */
  readonly heapBefore: number;
  /** The same with the instrumented model loaded, and after it has run its whole context once. */
  readonly heapLoaded: number;
  readonly heapUsed: number;
}
