import type { LinearSite, LowRankHook } from "../../core/model/prepared-model.ts";
import type { Graph } from "../graph.ts";
import type { LinearLayer } from "../structure/decoder-structure.ts";
import { insertAfter } from "./insert-after.ts";
import { converted, floatTypeOf } from "./precision.ts";

/**
 * Adds `(xA)B` to a linear layer, at every position, from the graph inputs `patch.{layer}.{site}.A` [in, r] and `.B`
 * [r, out]. The sum comes before the bias, where that is an operation of its own: bias and activation then stay
 * neighbours, which the runtime fuses. A zero row adds +0, which leaves every number as it was.
 */
export const addLowRankHook = (
  graph: Graph,
  linear: LinearLayer,
  layer: number,
  site: LinearSite,
): LowRankHook => {
  const name = `patch.${layer}.${site}`;
  const inputs = { A: `${name}.A`, B: `${name}.B` };
  const types = { input: floatTypeOf(graph, linear.input), product: floatTypeOf(graph, linear.product) };
  const sum = insertAfter(graph, linear.product, (builder) => {
    builder.input(inputs.A, "float32", [linear.in, `${name}.rank`]);
    builder.input(inputs.B, "float32", [`${name}.rank`, linear.out]);
    const x = converted(builder, linear.input, types.input, "float32");
    const change = builder.op("MatMul", [builder.op("MatMul", [x, inputs.A]), inputs.B]);
    return builder.op("Add", [linear.product, converted(builder, change, "float32", types.product)]);
  });
  const { input, product, output } = linear;
  const tensors = { input, output: product === output ? sum : output };
  return { kind: "low-rank", layer, site, in: linear.in, out: linear.out, inputs, tensors };
};
