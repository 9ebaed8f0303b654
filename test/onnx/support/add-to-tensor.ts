import { ok, type Result } from "../../../src/core/result.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import { interceptTensor } from "../../../src/onnx/surgery/intercept-tensor.ts";

/** A graph in which an input is added to an activation. */
export interface ShiftedGraph {
  readonly graph: Graph;
  /** float32 input of the shape asked for; zeros leave the graph as it was. */
  readonly delta: string;
}

/**
 * A copy of `graph` whose readers of the activation `tensor` see tensor + delta, with `delta` an input of shape
 * `shape`: the activation's own ([1, T, d] in a decoder), or one that broadcasts to it without changing its rank.
 */
export const addToTensor = (
  graph: Graph,
  tensor: string,
  shape: readonly (number | string)[],
): Result<ShiftedGraph> => {
  const names = { delta: "" };
  const intercepted = interceptTensor(graph, tensor, (builder) => {
    names.delta = builder.input(builder.fresh(`${tensor}.delta`), "float32", shape);
    return builder.op("Add", [tensor, names.delta]);
  });
  return intercepted.ok ? ok({ graph: intercepted.value, ...names }) : intercepted;
};
