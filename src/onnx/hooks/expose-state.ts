import type { Graph, ValueInfo } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { converted, floatTypeOf } from "./precision.ts";

/**
 * Declares `state` an output: what patches are compared with outside of the graph. Returns the output's name: the
 * tensor's own, or `name` where it is made single-precision first.
 *
 * @param shape [batch, T, d] by the graph's own names: another name for the same size would keep the runtime from
 *   seeing that residual sums add equal shapes, and from fusing them with the norms behind
 */
export const exposeState = (graph: Graph, state: string, shape: ValueInfo["shape"], name: string): string => {
  const type = floatTypeOf(graph, state);
  const builder = new GraphBuilder(graph, name);
  const output = converted(builder, state, type, "float32");
  graph.outputs.push({ name: output, type: "float32", shape });
  return output;
};
