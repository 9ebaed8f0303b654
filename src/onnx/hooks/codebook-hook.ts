import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { Graph, ValueInfo } from "../graph.ts";
import { exposeState } from "./expose-state.ts";
import { insertAfter } from "./insert-after.ts";
import { converted, floatTypeOf } from "./precision.ts";

/**
 * Lets a codebook replace the residual stream `stream` [batch, T, d], at every position of a run: by the graph input
 * `patch.{layer}.codebook.value` [1, 1, d] where `.inject` [1] (bool) is true. The search is not in the graph: the
 * stream itself is an output, for the keys to be compared with, and the run is repeated at the position that hit. It
 * stands between a residual sum and the norm that reads it; where a runtime would fuse those two (it can at the last
 * block), it no longer does.
 *
 * @param shape [batch, T, d], as `exposeState` takes it
 */
export const addCodebookHook = (
  graph: Graph,
  stream: string,
  shape: ValueInfo["shape"],
  layer: number,
): CodebookHook => {
  const width = shape.at(-1) as number;
  const name = `patch.${layer}.codebook`;
  const inputs = { value: `${name}.value`, inject: `${name}.inject` };
  const type = floatTypeOf(graph, stream);
  const replaced = insertAfter(graph, stream, (builder) => {
    builder.input(inputs.value, "float32", [1, 1, width]);
    builder.input(inputs.inject, "bool", [1]);
    const value = converted(builder, inputs.value, "float32", type);
    return builder.op("Where", [inputs.inject, value, stream]);
  });
  return {
    kind: "codebook",
    layer,
    width,
    inputs,
    outputs: { query: exposeState(graph, stream, shape, `${name}.query`) },
    tensors: { input: stream, output: replaced },
  };
};
