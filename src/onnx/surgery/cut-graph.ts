import { cloneGraph, type Graph, type ValueInfo } from "../graph.ts";
import { graphUpTo } from "./graph-up-to.ts";

/**
 * A copy of `graph` in which `input.name` is fed instead of computed, with all of the graph's outputs, or those named by
 * `outputs`. What only served to compute it is gone, inputs included. This is how editing starts a forward pass in the
 * middle of a model.
 */
export const cutGraphAt = (graph: Graph, input: ValueInfo, outputs?: readonly string[]): Graph => {
  const copy = cloneGraph(graph);
  for (const node of copy.nodes)
    node.outputs = node.outputs.map((name) => (name === input.name ? `${name}.computed` : name));
  copy.inputs.push(input);
  return graphUpTo(
    copy,
    copy.outputs.filter(({ name }) => outputs?.includes(name) ?? true),
  );
};
