import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { Graph } from "../graph.ts";
import { int64Initializer } from "../graph.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import { insertAfter } from "./insert-after.ts";
import { reduceInto } from "./reduce.ts";

type Names<Key extends string> = Readonly<Record<Key, string>>;

const declareInputs = (
  builder: GraphBuilder,
  inputs: CodebookHook["inputs"],
  width: number,
  size: string,
) => {
  builder.input(inputs.keys_t, "float32", [width, size]);
  builder.input(inputs.key_norms, "float32", [size]);
  builder.input(inputs.values, "float32", [size, width]);
  builder.input(inputs.radii, "float32", [size]);
};

/**
 * Emits the search: |k|² - 2 h·k ranks the keys, which is cheap but loses digits to cancellation, so the distance of
 * the winner is computed anew from the difference.
 */
const emitSearch = (
  builder: GraphBuilder,
  inputs: CodebookHook["inputs"],
  { index, distance, query }: Names<"index" | "distance" | "query">,
): void => {
  const ranks = builder.op("Gemm", [query, inputs.keys_t, inputs.key_norms], {
    alpha: { kind: "float", value: -2 },
    beta: { kind: "float", value: 1 },
  });
  builder.op("ArgMin", [ranks], { axis: 1, keepdims: 0 }, index);
  const column = builder.op("Gather", [inputs.keys_t, index], { axis: 1 });
  const key = builder.op("Transpose", [column], { perm: [1, 0] });
  const difference = builder.op("Sub", [query, key]);
  reduceInto(builder, distance, "ReduceL2", difference, [1]);
};

/** Emits the state of the last position: the winner's value where it lies within its radius, else as it was. */
const emitChoice = (
  builder: GraphBuilder,
  inputs: CodebookHook["inputs"],
  { index, distance, query }: Names<"index" | "distance" | "query">,
): string => {
  const radius = builder.op("Gather", [inputs.radii, index], { axis: 0 });
  const value = builder.op("Gather", [inputs.values, index], { axis: 0 });
  return builder.op("Where", [builder.op("LessOrEqual", [distance, radius]), value, query]);
};

/**
 * Lets a codebook replace the residual stream `stream` [1, sequence, d] at the last position of a run. Graph inputs
 * `patch.{layer}.codebook.keys_t` [d, m], `.key_norms` [m] (squared norms), `.values` [m, d] and `.radii` [m]; outputs
 * `.index` [1] and `.distance` [1] of the nearest key by Euclidean distance and `.query` [1, d], the state compared.
 * A radius of -1 never hits, an infinite one always does. All other positions pass untouched. One row holds for the
 * whole run, so the batch must be 1, as it is in serving. It stands between a residual sum and the norm that reads it;
 * where a runtime would fuse those two (it can at the last block), it no longer does.
 */
export const addCodebookHook = (graph: Graph, stream: string, width: number, layer: number): CodebookHook => {
  const name = `patch.${layer}.codebook`;
  const inputs = {
    keys_t: `${name}.keys_t`,
    key_norms: `${name}.key_norms`,
    values: `${name}.values`,
    radii: `${name}.radii`,
  };
  const outputs = { index: `${name}.index`, distance: `${name}.distance`, query: `${name}.query` };
  const replaced = insertAfter(graph, stream, (builder) => {
    declareInputs(builder, inputs, width, `${name}.size`);
    const last = builder.constant({ ...int64Initializer([1], [-1]), shape: [] });
    builder.op("Gather", [stream, last], { axis: 1 }, outputs.query);
    emitSearch(builder, inputs, outputs);
    const state = emitChoice(builder, inputs, outputs);
    builder.output(outputs.index, "int64", [1]);
    builder.output(outputs.distance, "float32", [1]);
    builder.output(outputs.query, "float32", [1, width]);
    const position = builder.constant(int64Initializer([1, 2], [0, -1]));
    return builder.op("ScatterND", [stream, position, state]);
  });
  return { kind: "codebook", layer, width, inputs, outputs, tensors: { input: stream, output: replaced } };
};
