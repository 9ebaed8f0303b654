import { cloneGraph, type Graph, type ValueInfo } from "../graph.ts";
import { pruneGraph } from "./prune-graph.ts";

/**
 * A copy of `graph` that computes `outputs`, any of its tensors, and nothing else: the runtime computes whatever a graph
 * holds, asked for or not. Inputs that only served other outputs are gone.
 */
export const graphUpTo = (graph: Graph, outputs: readonly ValueInfo[]): Graph => {
  const copy = cloneGraph(graph);
  copy.outputs = [...outputs];
  pruneGraph(copy);
  const read = new Set(copy.nodes.flatMap((node) => node.inputs));
  copy.inputs = copy.inputs.filter(({ name }) => read.has(name));
  return copy;
};
