import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { cloneGraph, type Graph, type Node } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";

/** Index in `graph.nodes` of the first place where `tensor` is available; undefined where nothing makes it. */
const availableFrom = (graph: Graph, tensor: string): number | undefined => {
  if (graph.initializers.has(tensor) || graph.inputs.some((input) => input.name === tensor)) return 0;
  const producer = graph.nodes.findIndex((node) => node.outputs.includes(tensor));
  return producer < 0 ? undefined : producer + 1;
};

/**
 * A copy of `graph` in which every node that read `tensor` reads what `replace` makes of it. `replace` appends its
 * nodes, and any inputs they need, through the builder and returns the replacement; its nodes are put right after
 * the one that makes `tensor`, and still read the original. A graph output named `tensor` keeps the original too.
 * Fails with `unsupported_graph` where the graph has no such tensor.
 */
export const interceptTensor = (
  graph: Graph,
  tensor: string,
  replace: (builder: GraphBuilder) => string,
): Result<Graph> => {
  const place = availableFrom(graph, tensor);
  if (place === undefined)
    return fail(problem("unsupported_graph", `The graph has no tensor "${tensor}" to intercept.`));
  const copy = cloneGraph(graph);
  const before = copy.nodes.slice(0, place);
  const after = copy.nodes.slice(place);
  const builder = new GraphBuilder(copy, `${tensor}.intercepted`);
  const replacement = replace(builder);
  const inserted = copy.nodes.slice(before.length + after.length);
  const redirect = (node: Node): void => {
    node.inputs = node.inputs.map((input) => (input === tensor ? replacement : input));
  };
  for (const node of after) redirect(node);
  copy.nodes = [...before, ...inserted, ...after];
  return ok(copy);
};
