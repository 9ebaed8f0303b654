import { floatInitializer, type Graph } from "../onnx/graph.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import type { TrainConfig } from "./config.ts";
import { type Parameter, viewOf } from "./parameters.ts";

/** ONNX's number for the element type bool, as Cast takes it. */
const ONNX_BOOL = 9;

type ModelConfig = TrainConfig["model"];

const NORM_EPSILON = 1e-5;

/** Opset of the graphs: the first that has Gelu. */
const OPSET = 20;

/** Added to the score of a position that must not be seen. Finite, so that a row with none to see stays finite. */
const MASKED = -1e9;

/** Queries, keys and values, each [batch, heads, length, headDim]. */
interface Heads {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

/** What the two graphs do differently within a block: past keys, and who may look at whom. */
interface AttentionContext {
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

/** Token ids and positions to logits [batch, length, vocabulary]; the embedding also unembeds. */
const decoder = (
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

const builderWithWeights = (
  name: string,
  parameters: readonly Parameter[],
  weights: Float32Array,
): GraphBuilder => {
  const graph: Graph = GraphBuilder.empty(name, OPSET);
  for (const parameter of parameters)
    graph.initializers.set(parameter.name, floatInitializer(parameter.shape, viewOf(weights, parameter)));
  return new GraphBuilder(graph);
};

/**
 * The training graph for one shape of batch. Inputs `input_ids` and `targets`, int64 [rows, length], and
 * `loss_weights`, float32 [rows, length]; output `loss`, a scalar: the cross-entropy of each target in nats,
 * times its weight, summed. Rows are right-padded with weight 0; causality keeps padding from what precedes it.
 */
export const trainingGraph = (
  model: ModelConfig,
  parameters: readonly Parameter[],
  weights: Float32Array,
  { rows, length }: { readonly rows: number; readonly length: number },
): Graph => {
  const build = builderWithWeights(`${rows}x${length}`, parameters, weights);
  const ids = build.input("input_ids", "int64", [rows, length]);
  const targets = build.input("targets", "int64", [rows, length]);
  const lossWeights = build.input("loss_weights", "float32", [rows, length]);
  const causal = Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 0 : MASKED,
  );
  const context: AttentionContext = {
    bias: build.floats(causal, [length, length]),
    extend: (heads) => heads,
  };
  const positions = build.ints(Array.from({ length }, (_, i) => i));
  const logits = decoder(build, { ids, positions }, model, context);
  const flat = (tensor: string) => build.op("Reshape", [tensor, build.ints([-1])]);
  const each = build.op(
    "SoftmaxCrossEntropyLoss",
    [build.op("Reshape", [logits, build.ints([-1, model.vocabulary])]), flat(targets)],
    { reduction: "none" },
  );
  const weighted = build.op("Mul", [each, flat(lossWeights)]);
  build.output(build.op("ReduceSum", [weighted], { keepdims: 0 }, "loss"), "float32", []);
  return build.graph;
};

/** A query may look at a key that is not after it and that the attention mask admits: a bias for the scores. */
const servingBias = (build: GraphBuilder, ids: string, mask: string): string => {
  const scalar = (value: number) => build.op("Squeeze", [build.ints([value])]);
  const size = (tensor: string) => build.op("Gather", [build.op("Shape", [tensor]), scalar(1)], { axis: 0 });
  const total = size(mask);
  const keys = build.op("Range", [scalar(0), total, scalar(1)]);
  const queries = build.op("Range", [build.op("Sub", [total, size(ids)]), total, scalar(1)]);
  const causal = build.op("LessOrEqual", [keys, build.op("Unsqueeze", [queries, build.ints([1])])]);
  const admitted = build.op("Unsqueeze", [build.op("Cast", [mask], { to: ONNX_BOOL }), build.ints([1, 2])]);
  return build.op("Where", [build.op("And", [causal, admitted]), build.floats([0]), build.floats([MASKED])]);
};

/**
 * The serving graph. Inputs: `input_ids` and `position_ids`, int64 [batch, sequence]; `attention_mask`, int64
 * [batch, total], total = past + sequence; `past_key_values.{l}.key|value` [batch, heads, past, headDim].
 * Outputs: `logits` [batch, sequence, vocabulary] and `present.{l}.key|value` [batch, heads, total, headDim].
 */
export const servingGraph = (
  model: ModelConfig,
  parameters: readonly Parameter[],
  weights: Float32Array,
): Graph => {
  const build = builderWithWeights("decoder", parameters, weights);
  const ids = build.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = build.input("attention_mask", "int64", ["batch", "total"]);
  const positions = build.input("position_ids", "int64", ["batch", "sequence"]);
  const cacheShape = (length: string) => ["batch", model.heads, length, model.width / model.heads];
  const presents: string[] = [];
  const grow = (kind: "key" | "value", fresh: string, layer: number): string => {
    const past = build.input(`past_key_values.${layer}.${kind}`, "float32", cacheShape("past"));
    const present = `present.${layer}.${kind}`;
    presents.push(present);
    return build.op("Concat", [past, fresh], { axis: 2 }, present);
  };
  const logits = decoder(build, { ids, positions }, model, {
    bias: servingBias(build, ids, mask),
    extend: ({ query, key, value }, layer) => ({
      query,
      key: grow("key", key, layer),
      value: grow("value", value, layer),
    }),
  });
  build.op("Identity", [logits], {}, "logits");
  build.output("logits", "float32", ["batch", "sequence", model.vocabulary]);
  for (const present of presents) build.output(present, "float32", cacheShape("total"));
  return build.graph;
};
