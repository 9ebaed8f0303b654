import type { NeuronsHook } from "../../core/model/prepared-model.ts";
import type { Graph, ValueInfo } from "../graph.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import type { Activation, FeedForward } from "../structure/decoder-structure.ts";
import { insertAfter } from "./insert-after.ts";

/** Emits 0.5 x (1 + `bounded`). */
const halfGate = (builder: GraphBuilder, x: string, bounded: string): string => {
  const raised = builder.op("Add", [bounded, builder.floats([1])]);
  return builder.op("Mul", [builder.op("Mul", [x, builder.floats([0.5])]), raised]);
};

/** Emits `activation` of `x` in operations that every opset has. */
const activate = (builder: GraphBuilder, activation: Activation, x: string): string => {
  switch (activation) {
    case "relu":
      return builder.op("Relu", [x]);
    case "silu":
      return builder.op("Mul", [x, builder.op("Sigmoid", [x])]);
    case "gelu":
      return halfGate(
        builder,
        x,
        builder.op("Erf", [builder.op("Mul", [x, builder.floats([Math.SQRT1_2])])]),
      );
    case "gelu-tanh": {
      const cube = builder.op("Pow", [x, builder.floats([3])]);
      const sum = builder.op("Add", [x, builder.op("Mul", [cube, builder.floats([0.044715])])]);
      const scaled = builder.op("Mul", [sum, builder.floats([Math.sqrt(2 / Math.PI)])]);
      return halfGate(builder, x, builder.op("Tanh", [scaled]));
    }
  }
};

/**
 * Adds `act(xK + b)V` to what an FFN returns, at every position, x being the FFN's input; from the graph inputs
 * `patch.{layer}.neurons.K` [d, n], `.b` [n] and `.V` [n, d]. The output `.raw` [batch, T, n] holds xK + b: what fired
 * shows there, and the graph computes it anyway.
 *
 * @param rows names of the sizes [batch, T], as the graph's own inputs have them
 */
export const addNeuronsHook = (
  graph: Graph,
  feedForward: FeedForward,
  layer: number,
  activation: Activation,
  rows: ValueInfo["shape"],
): NeuronsHook => {
  const name = `patch.${layer}.neurons`;
  const inputs = { K: `${name}.K`, b: `${name}.b`, V: `${name}.V` };
  const width = feedForward.down.out;
  const { product: own, output } = feedForward.down;
  const outputs = { raw: `${name}.raw` };
  const sum = insertAfter(graph, own, (builder) => {
    builder.input(inputs.K, "float32", [width, `${name}.count`]);
    builder.input(inputs.b, "float32", [`${name}.count`]);
    builder.input(inputs.V, "float32", [`${name}.count`, width]);
    const product = builder.op("MatMul", [feedForward.input, inputs.K]);
    const raw = builder.op("Add", [product, inputs.b], {}, outputs.raw);
    builder.output(raw, "float32", [...rows, `${name}.count`]);
    const contribution = builder.op("MatMul", [activate(builder, activation, raw), inputs.V]);
    return builder.op("Add", [own, contribution]);
  });
  const tensors = { input: feedForward.input, output: own === output ? sum : output };
  return { kind: "neurons", layer, width, activation, inputs, outputs, tensors };
};
