import type { Graph } from "../../../src/onnx/graph.ts";
import { floatInitializer } from "../../../src/onnx/graph.ts";
import { float, GraphBuilder } from "../../../src/onnx/graph-builder.ts";

/** Sizes of a decoder built by `buildSmallDecoder`. */
export interface SmallDecoderSizes {
  readonly width: number;
  readonly heads: number;
  readonly ffn: number;
  readonly blocks: number;
  readonly vocabulary: number;
  readonly context: number;
}

/** Numbers in [-1, 1) that look random and repeat from run to run. */
export const pseudoRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
};

class DecoderBuilder {
  readonly builder: GraphBuilder;
  readonly sizes: SmallDecoderSizes;
  readonly #random = pseudoRandom(7);

  constructor(sizes: SmallDecoderSizes) {
    this.sizes = sizes;
    this.builder = new GraphBuilder(GraphBuilder.empty("small-decoder"));
  }

  weight(name: string, shape: readonly number[], scale: number, offset = 0): string {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, () => offset + scale * this.#random());
    return this.builder.constant(floatInitializer(shape, data), name);
  }

  linear(name: string, x: string, from: number, to: number): string {
    const product = this.builder.op("MatMul", [x, this.weight(`${name}.weight`, [from, to], from ** -0.5)]);
    return this.builder.op("Add", [product, this.weight(`${name}.bias`, [to], 0.1)]);
  }

  norm(name: string, x: string): string {
    const { width } = this.sizes;
    const scale = this.weight(`${name}.scale`, [width], 0.1, 1);
    return this.builder.op("LayerNormalization", [x, scale, this.weight(`${name}.bias`, [width], 0.1)], {
      epsilon: float(1e-5),
    });
  }

  attention(name: string, x: string, mask: string): string {
    const { width, heads } = this.sizes;
    const b = this.builder;
    const joined = this.linear(`${name}.qkv`, x, width, 3 * width);
    const split = b.ints([0, 0, heads, width / heads]);
    const [q, k, v] = b
      .node("Split", [joined], 3, { axis: -1, num_outputs: 3 })
      .map((part) => b.op("Reshape", [part, split])) as [string, string, string];
    const byHead = (part: string) => b.op("Transpose", [part], { perm: [0, 2, 1, 3] });
    const scores = b.op("MatMul", [byHead(q), b.op("Transpose", [k], { perm: [0, 2, 3, 1] })]);
    const scaled = b.op("Mul", [scores, b.floats([(width / heads) ** -0.5])]);
    const weights = b.op("Softmax", [b.op("Add", [scaled, mask])], { axis: -1 });
    const mixed = b.op("Transpose", [b.op("MatMul", [weights, byHead(v)])], { perm: [0, 2, 1, 3] });
    return this.linear(`${name}.out`, b.op("Reshape", [mixed, b.ints([0, 0, width])]), width, width);
  }

  block(name: string, x: string, mask: string): string {
    const { width, ffn } = this.sizes;
    const b = this.builder;
    const middle = b.op("Add", [x, this.attention(`${name}.attention`, this.norm(`${name}.norm1`, x), mask)]);
    const up = this.linear(`${name}.up`, this.norm(`${name}.norm2`, middle), width, ffn);
    const active = b.op("Gelu", [up], { approximate: "tanh" });
    return b.op("Add", [middle, this.linear(`${name}.down`, active, ffn, width)]);
  }
}

/** A mask [T, T] that hides later positions: 0 where key ≤ query, −10⁴ elsewhere. */
const causalMask = (b: GraphBuilder, length: number): string =>
  b.floats(
    Array.from({ length: length * length }, (_, i) => (i % length <= Math.floor(i / length) ? 0 : -1e4)),
    [length, length],
  );

/**
 * A GPT-2-style decoder without a cache, weights by a fixed pseudo-random sequence: `input_ids` [batch, T] int64 to
 * `logits` [batch, T, vocabulary], T = `context`, embedding tied to the unembedding. Every weight is an initializer.
 */
export const buildSmallDecoder = (sizes: SmallDecoderSizes): Graph => {
  const { width, vocabulary, context, blocks } = sizes;
  const decoder = new DecoderBuilder(sizes);
  const b = decoder.builder;
  const ids = b.input("input_ids", "int64", ["batch", context]);
  const embedding = decoder.weight("embedding", [vocabulary, width], 0.3);
  const positions = decoder.weight("positions", [context, width], 0.3);
  const mask = causalMask(b, context);
  let x = b.op("Add", [b.op("Gather", [embedding, ids]), positions]);
  for (let block = 0; block < blocks; block++) x = decoder.block(`block${block}`, x, mask);
  const normed = decoder.norm("final_norm", x);
  b.op("MatMul", [normed, b.op("Transpose", [embedding], { perm: [1, 0] })], {}, "logits");
  b.output("logits", "float32", ["batch", context, vocabulary]);
  return b.graph;
};
