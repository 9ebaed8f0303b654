import { floatInitializer, type Graph } from "../../onnx/graph.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import type { TrainConfig } from "../config.ts";
import { type Parameter, viewOf } from "./parameters.ts";

/** The dimensions of a decoder. */
export type ModelConfig = TrainConfig["model"];

const NORM_EPSILON = 1e-5;

/** Opset of the graphs: the first that has Gelu. */
const OPSET = 20;

/** Added to the score of a position that must not be seen. Finite, so that a row with none to see stays finite. */
export const MASKED = -1e9;

/** Queries, keys and values, each [batch, heads, length, headDim]. */
interface Heads {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** What the training and the serving graph do differently within a block: past keys, and who may look at whom. */
export interface AttentionContext {
  /** Scores are added to this: 0 where a query may look at a key, very negative elsewhere. */
  readonly bias: string;
  /** Takes the new keys and values of `layer`, gives those to attend to. */
  extend(heads: Heads, layer: number): Heads;
}

const layerNorm = (build: GraphBuilder, x: string, name: string): string =>
  build.op("LayerNormalization", [x, `${name}.weight`, `${name}.bias`], { axis: -1, epsilon: NORM_EPSILON });

const linear = (build: GraphBuilder, x: string, name: string): string =>
  build.op("Add", [build.op("MatMul", [x, `${name}.weight`]), `${name}.bias`]);

const splitHeads = (build: GraphBuilder, qkv: string, { heads, width }: ModelConfig): Heads => {
  const shape = build.ints([0, 0, heads, width / heads]);
  const parts = build.node("Split", [qkv], 3, { axis: -1, num_outputs: 3 });
  const [query, key, value] = parts.map((part) =>
    build.op("Transpose", [build.op("Reshape", [part, shape])], { perm: [0, 2, 1, 3] }),
  );
  return { query: query!, key: key!, value: value! };
};

const attention = (
  build: GraphBuilder,
  x: string,
  model: ModelConfig,
  layer: number,
  context: AttentionContext,
): string => {
  const name = `blocks.${layer}.attention`;
  const split = splitHeads(build, linear(build, x, `${name}.qkv`), model);
  const { query, key, value } = context.extend(split, layer);
  const scale = build.floats([1 / Math.sqrt(model.width / model.heads)]);
  const scores = build.op("MatMul", [
    build.op("Mul", [query, scale]),
    build.op("Transpose", [key], { perm: [0, 1, 3, 2] }),
  ]);
  const shares = build.op("Softmax", [build.op("Add", [scores, context.bias])], { axis: -1 });
  const mixed = build.op("Transpose", [build.op("MatMul", [shares, value])], { perm: [0, 2, 1, 3] });
  return linear(build, build.op("Reshape", [mixed, build.ints([0, 0, model.width])]), `${name}.out`);
};

const block = (
  build: GraphBuilder,
  stream: string,
  model: ModelConfig,
  layer: number,
  context: AttentionContext,
): string => {
  const name = `blocks.${layer}`;
  const read = layerNorm(build, stream, `${name}.attention_norm`);
  const attended = build.op("Add", [stream, attention(build, read, model, layer, context)]);
  const up = linear(build, layerNorm(build, attended, `${name}.ffn_norm`), `${name}.ffn.up`);
  const active = build.op("Gelu", [up], { approximate: "tanh" });
  return build.op("Add", [attended, linear(build, active, `${name}.ffn.down`)]);
};

/** Appends the decoder: token ids and positions to logits [batch, length, vocabulary]; the embedding also unembeds. */
export const addDecoder = (
  build: GraphBuilder,
  inputs: { readonly ids: string; readonly positions: string },
  model: ModelConfig,
  context: AttentionContext,
): string => {
  let stream = build.op("Add", [
    build.op("Gather", ["token_embedding", inputs.ids], { axis: 0 }),
    build.op("Gather", ["position_embedding", inputs.positions], { axis: 0 }),
  ]);
  for (let layer = 0; layer < model.layers; layer++) stream = block(build, stream, model, layer, context);
  const normed = layerNorm(build, stream, "final_norm");
  return build.op("MatMul", [normed, build.op("Transpose", ["token_embedding"], { perm: [1, 0] })]);
};

/** An empty graph that holds the weights as initializers: views of the flat vector `weights`, no copies. */
export const builderWithWeights = (
  name: string,
  parameters: readonly Parameter[],
  weights: Float32Array,
): GraphBuilder => {
  const graph: Graph = GraphBuilder.empty(name, OPSET);
  for (const parameter of parameters)
    graph.initializers.set(parameter.name, floatInitializer(parameter.shape, viewOf(weights, parameter)));
  return new GraphBuilder(graph);
};
