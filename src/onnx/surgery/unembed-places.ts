import { cloneGraph, type Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
import type { DecoderStructure, LogitStep } from "../structure/decoder-structure.ts";
import { pruneGraph } from "./prune-graph.ts";

/** A graph that unembeds some positions only. */
export interface UnembeddedPlaces {
  readonly graph: Graph;
  /** int64 input [n]: which of the batch · T positions, counted row by row; one may come twice. */
  readonly places: string;
  /** float32 output [1, n, vocabulary], the graph's only one. */
  readonly logits: string;
}

const addStep = (builder: GraphBuilder, tensor: string, { op, by }: LogitStep): string =>
  builder.op(op, by === null ? [tensor] : [tensor, builder.floats([by])]);

/**
 * A copy of `graph` whose only output is the logits of the positions asked for. The unembedding is most of a small
 * model's work, and a loss counts few positions.
 */
export const unembedPlaces = (
  graph: Graph,
  { unembedding, logitSteps }: Pick<DecoderStructure, "unembedding" | "logitSteps">,
): UnembeddedPlaces => {
  const copy = cloneGraph(graph);
  const builder = new GraphBuilder(copy, "places");
  const places = builder.input(builder.fresh("places"), "int64", ["places"]);
  const flat = builder.op("Reshape", [unembedding.input, builder.ints([-1, unembedding.in])]);
  const states = builder.op("Gather", [flat, places], { axis: 0 });
  const weight =
    unembedding.orientation === "in-out"
      ? unembedding.weight
      : builder.op("Transpose", [unembedding.weight], { perm: [1, 0] });
  const product = builder.op("MatMul", [states, weight]);
  const sum = unembedding.bias === null ? product : builder.op("Add", [product, unembedding.bias]);
  const stepped = logitSteps.reduce((tensor, step) => addStep(builder, tensor, step), sum);
  const logits = builder.op("Unsqueeze", [stepped, builder.ints([0])]);
  copy.outputs = [{ name: logits, type: "float32", shape: [1, "places", unembedding.out] }];
  pruneGraph(copy);
  return { graph: copy, places, logits };
};
