import type { Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";

/**
 * Makes every reader of `tensor` read what `build` makes of it instead, in place. The new nodes stand right behind
 * the one that writes `tensor`, so the order stays topological as long as they read nothing made later. Returns the
 * replacement's name. A second insertion at the same tensor comes in front of the first.
 */
export const insertAfter = (
  graph: Graph,
  tensor: string,
  build: (builder: GraphBuilder) => string,
): string => {
  const before = graph.nodes.length;
  const replacement = build(new GraphBuilder(graph, `${tensor}.patched`));
  const added = graph.nodes.splice(before);
  for (const node of graph.nodes)
    node.inputs = node.inputs.map((input) => (input === tensor ? replacement : input));
  const position = graph.nodes.findIndex((node) => node.outputs.includes(tensor)) + 1;
  graph.nodes.splice(position, 0, ...added);
  return replacement;
};
