import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import { insertAfter } from "./insert-after.ts";

/** Declares the residual stream `stream` [batch, T, d] an output: what a codebook of `layer` compares with its keys. */
export const exposeQuery = (graph: Graph, stream: string, width: number, layer: number): void => {
  const name = `patch.${layer}.codebook`;
  new GraphBuilder(graph).output(stream, "float32", [`${name}.batch`, `${name}.length`, width]);
};

/**
 * Lets a codebook replace the residual stream `stream` [batch, T, d], at every position of a run: by the graph input
 * `patch.{layer}.codebook.value` [1, 1, d] where `.inject` [1] (bool) is true. The search is not in the graph: the
 * stream itself is an output, for the keys to be compared with, and the run is repeated at the position that hit. It
 * stands between a residual sum and the norm that reads it; where a runtime would fuse those two (it can at the last
 * block), it no longer does.
 */
export const addCodebookHook = (graph: Graph, stream: string, width: number, layer: number): CodebookHook => {
  const name = `patch.${layer}.codebook`;
  const inputs = { value: `${name}.value`, inject: `${name}.inject` };
  const replaced = insertAfter(graph, stream, (builder) => {
    builder.input(inputs.value, "float32", [1, 1, width]);
    builder.input(inputs.inject, "bool", [1]);
    return builder.op("Where", [inputs.inject, inputs.value, stream]);
  });
  exposeQuery(graph, stream, width, layer);
  return {
    kind: "codebook",
    layer,
    width,
    inputs,
    outputs: { query: stream },
    tensors: { input: stream, output: replaced },
  };
};
