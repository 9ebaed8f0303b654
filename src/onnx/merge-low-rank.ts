import type { LinearSite } from "../core/model/prepared-model.ts";
import { type Problem, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { cloneGraph, floatInitializerOf, floatsOf, type Graph } from "./graph.ts";
import { openDecoder } from "./open-decoder.ts";
import type { DecoderStructure, LinearLayer } from "./structure/decoder-structure.ts";
import { liftConstants } from "./surgery/lift-constants.ts";

/** An update of one linear layer: W + AB in [in, out]. */
export interface LowRankUpdate {
  readonly layer: number;
  readonly site: LinearSite;
  /** [in, rank] */ readonly A: Float32Array;
  /** [rank, out] */ readonly B: Float32Array;
  readonly rank: number;
}

/** W + AB of a weight in its own orientation; each element is summed in doubles and rounded once. */
const mergedWeight = (
  weight: Float32Array,
  linear: LinearLayer,
  { A, B, rank }: LowRankUpdate,
): Float32Array => {
  const merged = new Float32Array(weight.length);
  const sums = new Float64Array(linear.out);
  const [rowStride, columnStride] = linear.orientation === "in-out" ? [linear.out, 1] : [1, linear.in];
  for (let i = 0; i < linear.in; i++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = A[i * rank + k]!;
      for (let j = 0; j < linear.out; j++) sums[j]! += factor * B[k * linear.out + j]!;
    }
    for (let j = 0; j < linear.out; j++) {
      const place = i * rowStride + j * columnStride;
      merged[place] = weight[place]! + sums[j]!;
    }
  }
  return merged;
};

const readersOf = (graph: Graph, tensor: string): number =>
  graph.nodes.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === tensor).length, 0);

const shared = ({ layer, site }: LowRankUpdate, { weight }: LinearLayer): Problem =>
  problem(
    "unsupported_graph",
    `The ${site}-projection of block ${layer} shares its weight "${weight}" with another part of the model, which an ` +
      "update must not change. Export the model with weights of its own for each layer.",
  );

const quantized = ({ layer, site }: LowRankUpdate): Problem =>
  problem(
    "unsupported_graph",
    `The ${site}-projection of block ${layer} is quantised, so that no update can be merged into it. Export the patches ` +
      "with --peft, or prepare the model from its float weights.",
  );

const linearAt = ({ blocks }: DecoderStructure, { layer, site }: LowRankUpdate): LinearLayer => {
  const linear = blocks[layer]?.feedForward[site];
  if (!linear) throw new RangeError(`the decoder has no ${site}-projection at block ${layer}`);
  return linear;
};

/**
 * A copy of a decoder's graph, without patch inputs, whose linear layers have `updates` in their weights. Updates of
 * one layer add up.
 *
 * Errors: those of `openDecoder`; `unsupported_graph` where a weight to change is read elsewhere too or is quantised. Throws a
 * RangeError for a layer that the decoder does not have.
 */
export const mergeLowRank = (graph: Graph, updates: readonly LowRankUpdate[]): Result<Graph> => {
  const merged = liftConstants(graph);
  const decoder = openDecoder(merged);
  if (!decoder.ok) return decoder;
  const { structure, lowered } = decoder.value;
  const weights = new Map<string, Float32Array>();
  for (const update of updates) {
    const linear = linearAt(structure, update);
    if (!merged.initializers.has(linear.weight)) return fail(quantized(update));
    if (readersOf(merged, linear.weight) > 1) return fail(shared(update, linear));
    const before = weights.get(linear.weight) ?? floatsOf(lowered.initializers.get(linear.weight)!);
    weights.set(linear.weight, mergedWeight(before, linear, update));
  }
  const copy = cloneGraph(merged);
  for (const [name, weight] of weights) {
    const { shape, type } = merged.initializers.get(name)!;
    copy.initializers.set(name, floatInitializerOf(type, shape, weight));
  }
  return ok(copy);
};
