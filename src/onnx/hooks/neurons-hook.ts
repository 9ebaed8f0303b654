import type { NeuronsHook } from "../../core/model/prepared-model.ts";
import type { Graph, ValueInfo } from "../graph.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import type { Activation, FeedForward } from "../structure/decoder-structure.ts";
import { exposeState } from "./expose-state.ts";
import { insertAfter } from "./insert-after.ts";
import { converted, floatTypeOf } from "./precision.ts";

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
    case "relu-squared": {
      const positive = builder.op("Relu", [x]);
      return builder.op("Mul", [positive, positive]);
    }
    case "gelu-quick": {
      const gate = builder.op("Sigmoid", [builder.op("Mul", [x, builder.floats([1.702])])]);
      return builder.op("Mul", [x, gate]);
    }
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
 * `patch.{layer}.neurons.K` [d, n], `.b` [n] and `.V` [n, d]. The input is an output, for all keys to be compared with:
 * only neurons that fire need to run in the graph.
 *
 * @param shape [batch, T, d], as `exposeState` takes it
 */
export const addNeuronsHook = (
  graph: Graph,
  feedForward: FeedForward,
  layer: number,
  activation: Activation,
  shape: ValueInfo["shape"],
): NeuronsHook => {
  const name = `patch.${layer}.neurons`;
  const inputs = { K: `${name}.K`, b: `${name}.b`, V: `${name}.V` };
  const { input: state, down } = feedForward;
  const { product: own, output, out: width } = down;
  const types = { state: floatTypeOf(graph, state), own: floatTypeOf(graph, own) };
  const sum = insertAfter(graph, own, (builder) => {
    builder.input(inputs.K, "float32", [width, `${name}.count`]);
    builder.input(inputs.b, "float32", [`${name}.count`]);
    builder.input(inputs.V, "float32", [`${name}.count`, width]);
    const x = converted(builder, state, types.state, "float32");
    const raw = builder.op("Add", [builder.op("MatMul", [x, inputs.K]), inputs.b]);
    const contribution = builder.op("MatMul", [activate(builder, activation, raw), inputs.V]);
    return builder.op("Add", [own, converted(builder, contribution, "float32", types.own)]);
  });
  const outputs = { state: exposeState(graph, state, shape, `${name}.state`) };
  const tensors = { input: state, output: own === output ? sum : output };
  return { kind: "neurons", layer, width, activation, inputs, outputs, tensors };
};
