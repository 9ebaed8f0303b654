import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { cloneGraph, type Graph } from "../../onnx/graph.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import { integerTensor, openOfflineSession } from "../../onnx/offline-session.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import { graphUpTo } from "../../onnx/surgery/graph-up-to.ts";
import { positionsIn, type StatePositions, type StateSequence } from "./state-positions.ts";

/** Sums outer products of states, batch by batch. */
export interface MomentSession {
  /** Σ a aᵀ [m, m] over the positions of one batch, for each layer, and how many states that were. */
  sum(batch: readonly StateSequence[]): Promise<{
    readonly count: number;
    readonly sums: ReadonlyMap<number, Float64Array>;
  }>;
  release(): Promise<void>;
}

/** ONNX's number for double. */
const DOUBLE = 11;

/** Appends Σ a aᵀ over the rows `rows` of the activation `tensor` [batch, T, m], in doubles; returns its name. */
const addMoment = (builder: GraphBuilder, tensor: string, size: number, rows: string): string => {
  const flat = builder.op("Reshape", [tensor, builder.ints([-1, size])]);
  const states = builder.op("Cast", [builder.op("Gather", [flat, rows], { axis: 0 })], { to: DOUBLE });
  return builder.op("MatMul", [builder.op("Transpose", [states], { perm: [1, 0] }), states]);
};

interface MomentGraph {
  readonly graph: Graph;
  readonly rows: string;
  readonly moments: ReadonlyMap<number, string>;
}

const momentGraph = (model: PreparedModel, graph: Graph, layers: readonly number[]): Result<MomentGraph> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { served, structure } = decoder.value;
  const { blocks } = structure;
  const outside = layers.find((layer) => !blocks[layer]);
  if (outside !== undefined) {
    const message = `${model.name} has no block ${outside}; its blocks run from 0 to ${blocks.length - 1}.`;
    return fail(problem("unsupported_value", message, { param: "layers" }));
  }
  const copy = cloneGraph(served);
  const builder = new GraphBuilder(copy, "moment");
  const rows = builder.input(builder.fresh("state_rows"), "int64", ["states"]);
  const { ffn } = model.dims;
  const moments = new Map(
    layers.map((layer) => [layer, addMoment(builder, blocks[layer]!.feedForward.down.input, ffn, rows)]),
  );
  const sums = [...moments.values()].map((name) => ({
    name,
    type: "float64" as const,
    shape: [ffn, ffn],
  }));
  return ok({ graph: graphUpTo(copy, sums), rows, moments });
};

/** Rows of the batch's states, flattened over its sequences, that `positions` means. */
const rowsOf = (batch: readonly StateSequence[], positions: StatePositions): readonly number[] => {
  const length = Math.max(...batch.map(({ ids }) => ids.length));
  return batch.flatMap((sequence, index) =>
    positionsIn(sequence, positions).map((position) => index * length + position),
  );
};

/**
 * Opens the part of the model up to the last of `layers`, with the sums of the down-projections' inputs behind it.
 * The sums are taken in doubles by the runtime, so that only they leave it and no state does.
 *
 * Errors: `unsupported_value` for a block that is not there; those of `openDecoder` and of the runtime.
 */
export const openMomentSession = async (
  model: PreparedModel,
  graph: Graph,
  layers: readonly number[],
  positions: StatePositions,
): Promise<Result<MomentSession>> => {
  const built = momentGraph(model, graph, layers);
  if (!built.ok) return built;
  const opened = await openOfflineSession(built.value.graph);
  if (!opened.ok) return opened;
  const { rows: rowsInput, moments } = built.value;
  return ok({
    sum: async (batch) => {
      const rows = rowsOf(batch, positions);
      const feeds = batchFeeds(
        model,
        batch.map(({ ids }) => ids),
      );
      const outputs = await opened.value.run({ ...feeds, [rowsInput]: integerTensor([rows.length], rows) });
      const sums = new Map([...moments].map(([layer, name]) => [layer, outputs[name]!.data as Float64Array]));
      return { count: rows.length, sums };
    },
    release: () => opened.value.release(),
  });
};
