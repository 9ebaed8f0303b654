import { type Graph, int64Initializer } from "../../../src/onnx/graph.ts";
import type { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { insertAfter } from "../../../src/onnx/hooks/insert-after.ts";
import { IN_GRAPH_INPUTS, IN_GRAPH_OUTPUTS } from "./in-graph-names.ts";

type Names<Key extends string> = Readonly<Record<Key, string>>;

const declareInputs = (
  builder: GraphBuilder,
  inputs: typeof IN_GRAPH_INPUTS,
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
  inputs: typeof IN_GRAPH_INPUTS,
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
  builder.op("ReduceL2", [difference, builder.ints([1])], { keepdims: 0 }, distance);
};

/** Emits the state of the last position: the winner's value where it lies within its radius, else as it was. */
const emitChoice = (
  builder: GraphBuilder,
  inputs: typeof IN_GRAPH_INPUTS,
  { index, distance, query }: Names<"index" | "distance" | "query">,
): string => {
  const radius = builder.op("Gather", [inputs.radii, index], { axis: 0 });
  const value = builder.op("Gather", [inputs.values, index], { axis: 0 });
  return builder.op("Where", [builder.op("LessOrEqual", [distance, radius]), value, query]);
};

/**
 * The codebook as a part of the graph, which is what the search outside of it is measured beside: replaces the residual
 * stream `stream` [1, sequence, d] at the last position of a run by the value of the nearest key within its radius.
 * Keys, their squared norms, first values and radii are inputs; a radius of -1 never hits, an infinite one always does.
 */
export const addInGraphCodebook = (graph: Graph, stream: string, width: number): void => {
  const inputs = IN_GRAPH_INPUTS;
  const outputs = { ...IN_GRAPH_OUTPUTS, query: "codebook.query" };
  insertAfter(graph, stream, (builder) => {
    declareInputs(builder, inputs, width, "codebook.size");
    const last = builder.constant({ ...int64Initializer([1], [-1]), shape: [] });
    builder.op("Gather", [stream, last], { axis: 1 }, outputs.query);
    emitSearch(builder, inputs, outputs);
    const state = emitChoice(builder, inputs, outputs);
    builder.output(outputs.index, "int64", [1]);
    builder.output(outputs.distance, "float32", [1]);
    const position = builder.constant(int64Initializer([1, 2], [0, -1]));
    return builder.op("ScatterND", [stream, position, state]);
  });
};
