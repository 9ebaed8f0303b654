import { cloneGraph, type Graph, type ValueInfo } from "../graph.ts";
import { pruneGraph } from "./prune-graph.ts";

/**
 * A copy of `graph` in which `input.name` is fed instead of computed. What only served to compute it is gone,
 * inputs included. This is how editing starts a forward pass in the middle of a model.
 */
export const cutGraphAt = (graph: Graph, input: ValueInfo): Graph => {
  const copy = cloneGraph(graph);
  for (const node of copy.nodes)
    node.outputs = node.outputs.map((name) => (name === input.name ? `${name}.computed` : name));
  copy.inputs.push(input);
  pruneGraph(copy);
  const read = new Set(copy.nodes.flatMap((node) => node.inputs));
  copy.inputs = copy.inputs.filter(({ name }) => read.has(name));
  return copy;
};
