import type { GraphBuilder } from "../graph-builder.ts";

/** From this opset on, reductions take their axes as an input instead of an attribute. */
const AXES_INPUT_OPSET = 18;

/** Reduces `x` over `axes`, which vanish, into `output` by `op` (ReduceMax, ReduceL2), as the graph's opset wants it. */
export const reduceInto = (
  builder: GraphBuilder,
  output: string,
  op: string,
  x: string,
  axes: readonly number[],
): string =>
  builder.graph.opsets.get("")! >= AXES_INPUT_OPSET
    ? builder.op(op, [x, builder.ints(axes)], { keepdims: 0 }, output)
    : builder.op(op, [x], { axes, keepdims: 0 }, output);
