/** A linear layer as it stands in the graph: y = xW + b. */
export interface LinearLayer {
  /** Initializer that holds the weight. */
  readonly weight: string;
  /** How the weight is stored: `[in, out]` (y = xW) or `[out, in]` (y = xWᵀ). */
  readonly orientation: "in-out" | "out-in";
  readonly in: number;
  readonly out: number;
  /** Initializer [out] that holds the bias. */
  readonly bias: string | null;
  /** Tensor [batch, sequence, in] that enters, before any flattening. */
  readonly input: string;
  /**
   * Tensor [batch, sequence, out] to add to where the layer's result shall change: xW before the bias where that is
   * an operation of its own, so that a runtime can still fuse the bias with what follows it; else `output`.
   */
  readonly product: string;
  /** Tensor [batch, sequence, out] that leaves, bias added and flattening undone. */
  readonly output: string;
}

/**
 * The nonlinearity of an FFN: exact GELU, its tanh approximation, its quick one x·sigmoid(1.702x), x·sigmoid(x), max(x, 0),
 * or its square.
 */
export type Activation = "gelu" | "gelu-tanh" | "gelu-quick" | "silu" | "relu" | "relu-squared";

/** A normalisation over the last axis. */
export interface Norm {
  /** `layer` subtracts the mean, `rms` does not. */
  readonly kind: "layer" | "rms";
  readonly input: string;
  readonly output: string;
  /** Initializer [d] of the gain. */
  readonly weight: string;
  /** Initializer [d] of the offset. */
  readonly bias: string | null;
}

/**
 * A block's FFN: o = down(act(up(x))), or gated: o = down(act(gate(x)) · up(x)). Where one projection makes both gate and
 * up, it stands as `up`, twice as wide, and `gate` is null.
 */
export interface FeedForward {
  /** What its first layers read, [batch, sequence, d]: the stream, through a norm where there is one in front. */
  readonly input: string;
  readonly up: LinearLayer;
  readonly gate: LinearLayer | null;
  readonly down: LinearLayer;
  readonly activation: Activation;
  /** What is added to the residual stream, [batch, sequence, d]: bias, a norm and a multiplier behind it included. */
  readonly output: string;
  /** Whether that is the down-projection's output as it is. */
  readonly direct: boolean;
}

/**
 * Graph inputs and outputs of one block's key-value cache, each [batch, kvHeads, length, headDim]; or one input and one
 * output of both, stacked, [2, batch, kvHeads, length, headDim], whose name stands for either.
 */
export interface LayerCache {
  readonly pastKey: string;
  readonly pastValue: string;
  readonly presentKey: string;
  readonly presentValue: string;
}

/** One transformer block. */
export interface Block {
  /** Residual stream that enters. */
  readonly input: string;
  readonly attention: {
    /** What attention adds to the stream. */
    readonly output: string;
  };
  readonly feedForward: FeedForward;
  /** Residual stream that leaves: the block's output. */
  readonly output: string;
  /** Null in a graph without a cache. */
  readonly cache: LayerCache | null;
}

/** Sizes of a decoder. */
export interface DecoderDims {
  /** Width d of the residual stream. */
  readonly width: number;
  /** Width m of the FFN. */
  readonly ffn: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Rows of the learned position table; null where positions are computed. */
  readonly context: number | null;
}

/** One step of logits: multiplied or divided by a number (Granite), or bent by tanh between the two (Gemma 2). */
export type LogitStep =
  | { readonly op: "Mul" | "Div"; readonly by: number }
  | { readonly op: "Tanh"; readonly by: null };

/** Where everything is in a decoder's graph. Names are those of tensors and initializers of that graph. */
export interface DecoderStructure {
  readonly dims: DecoderDims;
  readonly blocks: readonly Block[];
  /** Initializer [vocabulary, d] of the token embeddings. */
  readonly embedding: string;
  /** Initializer [context, d] of learned position embeddings. */
  readonly positions: string | null;
  readonly finalNorm: Norm;
  readonly unembedding: LinearLayer;
  /** What happens to the unembedding's output on the way to the logits, in order. */
  readonly logitSteps: readonly LogitStep[];
  /** What token embeddings are multiplied with before they enter the stream. */
  readonly embeddingScale: number;
  /** Whether the unembedding reads the initializer of the token embeddings. */
  readonly tied: boolean;
  readonly io: {
    readonly inputIds: string;
    readonly attentionMask: string | null;
    readonly positionIds: string | null;
    readonly logits: string;
  };
}

/** The outcome of matching one pattern; the failure says which pattern was not found where. */
export type Match<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };
