import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { cloneGraph, type Graph, isComputed } from "../graph.ts";

/**
 * A copy of `graph` in which the initializers `names` are graph inputs of the same names, types and shapes, so that a
 * trainer can feed one flat array by subarrays. Fails with `unsupported_graph` on a name that is no initializer.
 */
export const weightsAsInputs = (graph: Graph, names: readonly string[]): Result<Graph> => {
  const copy = cloneGraph(graph);
  for (const name of names) {
    const weight = copy.initializers.get(name);
    if (weight === undefined || !isComputed(weight.type))
      return fail(problem("unsupported_graph", `The graph has no initializer "${name}" to make an input.`));
    copy.inputs.push({ name, type: weight.type, shape: weight.shape });
    copy.initializers.delete(name);
  }
  return ok(copy);
};
