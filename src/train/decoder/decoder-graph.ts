import type { Graph } from "../../onnx/graph.ts";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { addDecoder, builderWithWeights, MASKED, type ModelConfig } from "./decoder-body.ts";
import type { Parameter } from "./parameters.ts";

/** ONNX's number for the element type bool, as Cast takes it. */
const ONNX_BOOL = 9;

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
  const logits = addDecoder(build, { ids, positions }, model, {
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
