import type { Graph } from "../graph.ts";

/** Removes, in place, the nodes and initializers that no output depends on; graph inputs stay declared. */
export const pruneGraph = (graph: Graph): void => {
  const needed = new Set(graph.outputs.map((output) => output.name));
  const kept = graph.nodes
    .toReversed()
    .filter((node) => {
      const wanted = node.outputs.some((output) => needed.has(output));
      if (wanted) for (const input of node.inputs) needed.add(input);
      return wanted;
    })
    .toReversed();
  graph.nodes = kept;
  graph.initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
};
