import { cloneGraph, type Graph } from "../graph.ts";

/**
 * A copy of `graph` in which tensors held by Constant nodes are initializers of the same names, so that large ones can
 * live in a data file. Older exporters keep constants in nodes.
 */
export const liftConstants = (graph: Graph): Graph => {
  const copy = cloneGraph(graph);
  copy.nodes = copy.nodes.filter((node) => {
    const value = node.op === "Constant" ? node.attributes.get("value") : undefined;
    if (value?.kind !== "tensor") return true;
    copy.initializers.set(node.outputs[0]!, value.value);
    return false;
  });
  return copy;
};
