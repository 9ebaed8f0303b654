import type { Graph } from "../../onnx/graph.ts";
import {
  type AttentionContext,
  addDecoder,
  builderWithWeights,
  MASKED,
  type ModelConfig,
} from "./decoder-body.ts";
import type { Parameter } from "./parameters.ts";

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
  const logits = addDecoder(build, { ids, positions }, model, context);
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
