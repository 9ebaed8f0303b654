import type { ElementType, Graph } from "../graph.ts";
import type { TracedTensors } from "./trace-values.ts";

const FLOAT_TYPES: ReadonlySet<ElementType> = new Set(["float32", "float64", "float16"]);

/**
 * The float tensors that lie on a path from one of `sources` to `loss`: those whose gradients are needed. A path
 * ends at a tensor of integers or truth values, through which nothing can be differentiated.
 */
export const differentiablePaths = (
  graph: Graph,
  traced: TracedTensors,
  loss: string,
  sources: readonly string[],
): ReadonlySet<string> => {
  const carries = (tensor: string): boolean => FLOAT_TYPES.has(traced.get(tensor)?.type ?? "bool");
  const reached = new Set(sources.filter(carries));
  for (const node of graph.nodes)
    if (node.inputs.some((input) => reached.has(input)))
      for (const output of node.outputs) if (carries(output)) reached.add(output);
  const live = new Set([loss].filter((tensor) => reached.has(tensor)));
  for (const node of graph.nodes.toReversed())
    if (node.outputs.some((output) => live.has(output)))
      for (const input of node.inputs) if (reached.has(input)) live.add(input);
  return live;
};
