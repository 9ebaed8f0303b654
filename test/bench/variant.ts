/** What is attached to the model while it is measured. */
export type PatchVariant =
  | { readonly kind: "none" }
  | { readonly kind: "codebook"; readonly entries: number; readonly hit: boolean }
  | { readonly kind: "low-rank"; readonly rank: number }
  /** Of `size` neurons `firing` fire, at every token; the others at none. */
  | { readonly kind: "neurons"; readonly size: number; readonly firing: number };

/** Neurons of one patch: as many as a long correction has. */
export const NEURONS_OF_PATCH = 10;

/**
 * Who decodes: our engine; onnxruntime-web alone on the graph without patch inputs; a graph that searches its codebook
 * itself; or two graphs with the search in between.
 */
export type Decoder = "engine" | "plain" | "in-graph" | "split";

/** One measurement inside the Worker: the same prompt decoded `repeats` times. */
export interface MeasureRequest {
  readonly by: Decoder;
  /** Plain decoding takes none of it. */
  readonly variant: PatchVariant;
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
  /** Patches that fired; null where it is not the engine that decodes. */
  readonly fired: number | null;
}

/** A search among `entries` keys, by our kernel or by a loop in JavaScript, `repeats` times. */
export interface SearchRequest {
  readonly by: "kernel" | "javascript";
  readonly entries: number;
  readonly prompt: readonly number[];
  readonly repeats: number;
}

/** The entry that a search found nearest; both ways must agree. */
export interface SearchReply {
  readonly index: number;
}

/** What loading the model said. */
export interface LoadReply {
  /** Bytes of the runtime's WebAssembly memory before any model. */
  readonly heapBefore: number;
  /** The same with the served model loaded, and after it has run its whole context once. */
  readonly heapLoaded: number;
  readonly heapUsed: number;
}
