import { fail, ok } from "../../core/result.ts";
import { integersOf, type Node } from "../graph.ts";
import { type GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../graph-index.ts";
import { type BranchInput, matchBranch, matchBranchInput } from "./branch.ts";
import type { LayerCache, Match } from "./decoder-structure.ts";
import { type LinearMatch, linearWriting } from "./linear.ts";
import { ARITHMETIC, findBack, MOVEMENT, walkBack } from "./walk.ts";

/** A block's attention: o = output-projection(softmax(q kᵀ + mask) v). */
export interface AttentionMatch {
  readonly reads: BranchInput;
  /** What is added to the stream. */
  readonly output: string;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly cache: LayerCache | null;
  readonly softmax: Node;
  /** The multiplication of queries and keys. */
  readonly scores: Node;
}

/** A path from attention back to one of its projections, with the graph inputs and outputs on it. */
interface ProjectionPath {
  readonly projection: LinearMatch;
  readonly past: string | null;
  readonly present: string | null;
  /** Size of a head, where the path reshapes to heads by a constant. */
  readonly headDim: number | undefined;
}

/** The constant last entry of a shape tensor; undefined where it is computed or left open. */
const lastDimension = (index: GraphIndex, shape: string): number | undefined => {
  const constant = index.constant(shape)?.value;
  if (constant) {
    const last = integersOf(constant).at(-1);
    return last !== undefined && last > 0 ? last : undefined;
  }
  const node = index.producer(index.peel(shape, SAME_ELEMENTS));
  return node?.op === "Concat" ? lastDimension(index, node.inputs.at(-1)!) : undefined;
};

/** The graph output that a cache goes on from: a tensor of the path itself, or keys and values stacked. */
const presentOn = (index: GraphIndex, path: ReadonlySet<string>): string | null => {
  const isOn = (tensor: string, ops: ReadonlySet<string>) =>
    path.has(tensor) || path.has(index.peel(tensor, ops));
  const isStack = (tensor: string) => {
    const node = index.producer(tensor);
    return node?.op === "Concat" && node.inputs.some((input) => isOn(input, SAME_ELEMENTS));
  };
  const names = index.graph.outputs.map(({ name }) => name);
  return names.find((name) => isOn(name, SAME_VALUE)) ?? names.find(isStack) ?? null;
};

const followProjection = (index: GraphIndex, operand: string): ProjectionPath | undefined => {
  const isLinear = (tensor: string) => linearWriting(index, tensor) !== undefined;
  const visited = walkBack(index, operand, ARITHMETIC, isLinear);
  const tensors = [...visited];
  const projection = tensors.map((tensor) => linearWriting(index, tensor)).find((match) => match);
  return (
    projection && {
      projection,
      past: tensors.find((tensor) => index.isInput(tensor)) ?? null,
      present: presentOn(index, visited),
      headDim: tensors
        .map((tensor) => index.producer(tensor))
        .filter((node) => node?.op === "Reshape")
        .map((node) => lastDimension(index, node!.inputs[1]!))
        .find((size) => size !== undefined),
    }
  );
};

const isProductOfActivations = (index: GraphIndex) => (node: Node) =>
  node.op === "MatMul" && node.inputs.every((input) => index.constant(input) === undefined);

const cacheOf = (keys: ProjectionPath, values: ProjectionPath): LayerCache | null =>
  keys.past !== null && values.past !== null && keys.present !== null && values.present !== null
    ? {
        pastKey: keys.past,
        pastValue: values.past,
        presentKey: keys.present,
        presentValue: values.present,
      }
    : null;

/** Key-value heads: from the key projection's width, which one packed projection shares with queries and values. */
const countKvHeads = (
  queries: ProjectionPath,
  keys: ProjectionPath,
  heads: number,
  headDim: number,
): number => {
  const projected = keys.projection.layer.out / headDim;
  const packed = queries.projection.multiplication === keys.projection.multiplication;
  return packed ? (projected - heads) / 2 : projected;
};

/** Number and size of key-value heads, where the cache's input [batch, heads, past, size] declares them. */
const declaredHeads = (index: GraphIndex, past: string | null) => {
  const shape = index.graph.inputs.find(({ name }) => name === past)?.shape.slice(-3);
  const [kvHeads, , headDim] = shape ?? [];
  return typeof kvHeads === "number" && typeof headDim === "number" ? { kvHeads, headDim } : undefined;
};

const matchHeads = (
  index: GraphIndex,
  output: LinearMatch,
  queries: ProjectionPath,
  keys: ProjectionPath,
): Match<Pick<AttentionMatch, "heads" | "kvHeads" | "headDim">> => {
  const declared = declaredHeads(index, keys.past);
  const headDim = declared?.headDim ?? queries.headDim ?? keys.headDim;
  if (headDim === undefined) return fail(`no reshape with a constant head size leads to "${output.operand}"`);
  const heads = output.layer.in / headDim;
  const kvHeads = declared?.kvHeads ?? countKvHeads(queries, keys, heads, headDim);
  return Number.isInteger(heads) && Number.isInteger(kvHeads) && kvHeads > 0
    ? ok({ heads, kvHeads, headDim })
    : fail(`a head size of ${headDim} does not divide the attention in front of "${output.operand}"`);
};

/** The attention that returns `branch`, traced back to the stream in front of its projections. */
export const matchAttention = (index: GraphIndex, branch: string): Match<AttentionMatch> => {
  const output = matchBranch(index, branch)?.linear;
  if (!output) return fail(`"${branch}" is not the output of attention's output-projection`);
  const isProduct = isProductOfActivations(index);
  const context = findBack(index, output.operand, MOVEMENT, isProduct);
  const softmax = context && findBack(index, context.inputs[0]!, ARITHMETIC, (node) => node.op === "Softmax");
  const scores = softmax && findBack(index, softmax.inputs[0]!, ARITHMETIC, isProduct);
  if (!context || !scores) return fail(`no softmax attention leads to "${output.operand}"`);
  const [queries, keys, values] = [scores.inputs[0]!, scores.inputs[1]!, context.inputs[1]!].map((operand) =>
    followProjection(index, operand),
  );
  if (!queries || !keys || !values)
    return fail(`query, key or value projection of the attention behind "${branch}" not found`);
  const reads = matchBranchInput(index, values.projection.layer.input);
  const heads = matchHeads(index, output, queries, keys);
  if (!heads.ok) return heads;
  return ok({ reads, output: branch, ...heads.value, cache: cacheOf(keys, values), softmax, scores });
};
