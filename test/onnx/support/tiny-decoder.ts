import type { Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { seededNormals } from "./seeded.ts";

/** The ways a test decoder may be spelt, each as some exporter spells it. */
export interface TinyDecoderOptions {
  readonly norm: "layer" | "layer-decomposed" | "rms" | "rms-division";
  readonly activation: "gelu-tanh" | "gelu" | "gelu-erf" | "gelu-tanh-decomposed" | "relu" | "silu";
  readonly gated: boolean;
  readonly linear: "matmul" | "gemm";
  /** `packed`: one projection for queries, keys and values; `separate`: three. */
  readonly projections: "packed" | "separate";
  /** How blocks are made: norms before the branches, behind them, or both; or both branches on one stream. */
  readonly form: "pre-norm" | "post-norm" | "sandwich" | "parallel" | "parallel-one-norm";
  /** Multipliers of embeddings, branches and logits, and a cap of logits. */
  readonly scaled: boolean;
  readonly cached: boolean;
  readonly tied: boolean;
  readonly seed: number;
}

/** This project's own style: GPT-2 with standard operations. */
export const OWN_STYLE: TinyDecoderOptions = {
  norm: "layer",
  activation: "gelu-tanh",
  gated: false,
  linear: "matmul",
  projections: "packed",
  form: "pre-norm",
  scaled: false,
  cached: true,
  tied: true,
  seed: 7,
};

export const TINY = {
  width: 12,
  ffn: 20,
  heads: 3,
  kvHeads: 3,
  headDim: 4,
  vocabulary: 31,
  context: 16,
  layers: 3,
} as const;

/** Builds one tiny decoder with random weights; every method appends operations and returns the tensor made. */
class TinyDecoderBuilder {
  readonly #b = new GraphBuilder(GraphBuilder.empty("tiny"), "t");
  readonly #options: TinyDecoderOptions;
  readonly #normals: (count: number) => number[];

  constructor(options: TinyDecoderOptions) {
    this.#options = options;
    this.#normals = seededNormals(options.seed);
  }

  #weight(shape: readonly number[], scale: number, shift = 0): string {
    const count = shape.reduce((product, size) => product * size, 1);
    return this.#b.floats(
      this.#normals(count).map((value) => value * scale + shift),
      shape,
    );
  }

  #linear(x: string, inputs: number, outputs: number): string {
    const b = this.#b;
    const bias = this.#weight([outputs], 0.1);
    if (this.#options.linear === "matmul")
      return b.op("Add", [b.op("MatMul", [x, this.#weight([inputs, outputs], inputs ** -0.5)]), bias]);
    const flat = b.op("Reshape", [x, b.ints([-1, inputs])]);
    const weight = this.#weight([outputs, inputs], inputs ** -0.5);
    return b.op("Reshape", [b.op("Gemm", [flat, weight, bias], { transB: 1 }), b.ints([1, -1, outputs])]);
  }

  #norm(x: string): string {
    const b = this.#b;
    const { norm } = this.#options;
    const gain = this.#weight([TINY.width], 0.1, 1);
    const offset = () => this.#weight([TINY.width], 0.1);
    if (norm === "layer")
      return b.op("LayerNormalization", [x, gain, offset()], { axis: -1, epsilon: Math.fround(1e-5) });
    const centred = norm === "layer-decomposed" ? b.op("Sub", [x, b.op("ReduceMean", [x, b.ints([-1])])]) : x;
    const square = b.op("Pow", [centred, b.floats([2])]);
    const mean = b.op("ReduceMean", [square, b.ints([-1])], { keepdims: 1 });
    const root = b.op("Sqrt", [b.op("Add", [mean, b.floats([1e-5])])]);
    const scaled =
      norm === "rms" ? b.op("Mul", [b.op("Reciprocal", [root]), centred]) : b.op("Div", [centred, root]);
    const gained = b.op("Mul", [gain, scaled]);
    return norm === "layer-decomposed" ? b.op("Add", [gained, offset()]) : gained;
  }

  #activation(x: string): string {
    const b = this.#b;
    const constant = (value: number) => b.floats([value]);
    switch (this.#options.activation) {
      case "gelu-tanh":
        return b.op("Gelu", [x], { approximate: "tanh" });
      case "gelu":
        return b.op("Gelu", [x]);
      case "gelu-erf": {
        const error = b.op("Erf", [b.op("Div", [x, constant(Math.SQRT2)])]);
        return b.op("Mul", [b.op("Mul", [x, b.op("Add", [error, constant(1)])]), constant(0.5)]);
      }
      case "gelu-tanh-decomposed": {
        const cube = b.op("Mul", [b.op("Pow", [x, constant(3)]), constant(0.044715)]);
        const inner = b.op("Mul", [b.op("Add", [x, cube]), constant(Math.sqrt(2 / Math.PI))]);
        const gate = b.op("Add", [b.op("Tanh", [inner]), constant(1)]);
        return b.op("Mul", [b.op("Mul", [x, constant(0.5)]), gate]);
      }
      case "relu":
        return b.op("Relu", [x]);
      case "silu":
        return b.op("Mul", [x, b.op("Sigmoid", [x])]);
    }
  }

  #heads(x: string): string {
    const b = this.#b;
    const split = b.op("Reshape", [x, b.ints([0, 0, TINY.heads, TINY.headDim])]);
    return b.op("Transpose", [split], { perm: [0, 2, 1, 3] });
  }

  #projected(x: string): string[] {
    const { width } = TINY;
    if (this.#options.projections === "separate") return [0, 1, 2].map(() => this.#linear(x, width, width));
    return this.#b.node("Split", [this.#linear(x, width, 3 * width)], 3, { axis: -1, num_outputs: 3 });
  }

  #withPast(x: string, layer: number, kind: "key" | "value"): string {
    const b = this.#b;
    if (!this.#options.cached) return x;
    const shape = (length: string) => ["batch", TINY.heads, length, TINY.headDim];
    const past = b.input(`past_key_values.${layer}.${kind}`, "float32", shape("past"));
    const present = b.op("Concat", [past, x], { axis: 2 }, `present.${layer}.${kind}`);
    b.output(present, "float32", shape("total"));
    return present;
  }

  #attention(x: string, mask: string, layer: number): string {
    const b = this.#b;
    const [q, k, v] = this.#projected(x).map((part) => this.#heads(part)) as [string, string, string];
    const keys = this.#withPast(k, layer, "key");
    const values = this.#withPast(v, layer, "value");
    const scores = b.op("MatMul", [q, b.op("Transpose", [keys], { perm: [0, 1, 3, 2] })]);
    const scaled = b.op("Mul", [scores, b.floats([TINY.headDim ** -0.5])]);
    const weights = b.op("Softmax", [b.op("Add", [scaled, mask])], { axis: -1 });
    const mixed = b.op("Transpose", [b.op("MatMul", [weights, values])], { perm: [0, 2, 1, 3] });
    return this.#linear(b.op("Reshape", [mixed, b.ints([0, 0, TINY.width])]), TINY.width, TINY.width);
  }

  #feedForward(x: string): string {
    const { width, ffn } = TINY;
    const opened = this.#activation(this.#linear(x, width, ffn));
    const hidden = this.#options.gated ? this.#b.op("Mul", [opened, this.#linear(x, width, ffn)]) : opened;
    return this.#linear(hidden, ffn, width);
  }

  #times(x: string, factor: number): string {
    return this.#options.scaled ? this.#b.op("Mul", [x, this.#b.floats([factor])]) : x;
  }

  /** The stream after a block. */
  #block(stream: string, mask: string, layer: number): string {
    const { form } = this.#options;
    const add = (a: string, branch: string) => this.#b.op("Add", [a, this.#times(branch, 0.8)]);
    const before = (x: string) => (form === "post-norm" ? x : this.#norm(x));
    const behind = (x: string) => (form === "post-norm" || form === "sandwich" ? this.#norm(x) : x);
    const normed = before(stream);
    const attention = behind(this.#attention(normed, mask, layer));
    if (form.startsWith("parallel")) {
      const feedForward = this.#feedForward(form === "parallel" ? before(stream) : normed);
      return this.#b.op("Add", [add(this.#times(feedForward, 0.8), attention), stream]);
    }
    const between = add(stream, attention);
    return add(between, behind(this.#feedForward(before(between))));
  }

  /** [1, 1, sequence, total]: 0 where a position may look, a large negative number elsewhere. */
  #mask(positions: string, attentionMask: string): string {
    const b = this.#b;
    const zero = b.constant({ type: "int64", shape: [], bytes: new Uint8Array(8) });
    const one = b.constant({ type: "int64", shape: [], bytes: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]) });
    const total = b.op("Gather", [b.op("Shape", [attentionMask]), one], { axis: 0 });
    const causal = b.op("LessOrEqual", [
      b.op("Range", [zero, total, one]),
      b.op("Unsqueeze", [positions, b.ints([1, 3])]),
    ]);
    const seen = b.op("Unsqueeze", [b.op("Cast", [attentionMask], { to: 9 }), b.ints([1, 2])]);
    return b.op("Where", [b.op("And", [causal, seen]), b.floats([0]), b.floats([-1e9])]);
  }

  #positions(ids: string): string {
    const b = this.#b;
    if (this.#options.cached) return b.input("position_ids", "int64", ["batch", "sequence"]);
    const one = b.constant({ type: "int64", shape: [], bytes: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]) });
    const zero = b.constant({ type: "int64", shape: [], bytes: new Uint8Array(8) });
    const length = b.op("Gather", [b.op("Shape", [ids]), one], { axis: 0 });
    return b.op("Unsqueeze", [b.op("Range", [zero, length, one]), b.ints([0])]);
  }

  build(): Graph {
    const b = this.#b;
    const ids = b.input("input_ids", "int64", ["batch", "sequence"]);
    const attentionMask = b.input("attention_mask", "int64", ["batch", "total"]);
    const positions = this.#positions(ids);
    b.output("logits", "float32", ["batch", "sequence", TINY.vocabulary]);
    const table = this.#weight([TINY.vocabulary, TINY.width], 0.7);
    const places = this.#weight([TINY.context, TINY.width], 0.3);
    const words = this.#times(b.op("Gather", [table, ids]), 1.2);
    let stream = b.op("Add", [words, b.op("Gather", [places, positions])]);
    const mask = this.#mask(positions, attentionMask);
    for (let layer = 0; layer < TINY.layers; layer++) stream = this.#block(stream, mask, layer);
    const head = this.#options.tied
      ? b.op("Transpose", [table], { perm: [1, 0] })
      : this.#weight([TINY.width, TINY.vocabulary], 0.5);
    const product = (output?: string) => b.op("MatMul", [this.#norm(stream), head], {}, output);
    // A power of two: the runtime keeps its reciprocal in single precision, in float64 graphs too.
    if (!this.#options.scaled) product("logits");
    else b.op("Mul", [b.op("Tanh", [b.op("Div", [product(), b.floats([8])])]), b.floats([8])], {}, "logits");
    return b.graph;
  }
}

/** A decoder of 3 blocks with random weights from `seed`, built by GraphBuilder; small enough to run at once. */
export const tinyDecoder = (options: Partial<TinyDecoderOptions> = {}): Graph =>
  new TinyDecoderBuilder({ ...OWN_STYLE, ...options }).build();
