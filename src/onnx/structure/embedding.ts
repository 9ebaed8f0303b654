import { fail, ok } from "../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import { unscaled } from "./branch.ts";
import type { Match } from "./decoder-structure.ts";
import { matchNorm } from "./norm.ts";

/** The start of the residual stream: token embeddings, plus learned positions where the model has them. */
export interface EmbeddingMatch {
  readonly inputIds: string;
  /** Initializer [vocabulary, d]. */
  readonly table: string;
  /** What its rows are multiplied with. */
  readonly scale: number;
  /** Initializer [context, d] and the tensor of positions that reads it. */
  readonly positions: { readonly table: string; readonly rows: number; readonly indices: string } | null;
}

interface Lookup {
  readonly table: string;
  readonly scale: number;
  readonly rows: number;
  readonly indices: string;
}

/** The tensor of positions that `indices` are counted from, and by how much they are moved: OPT begins at row 2. */
const unmoved = (
  index: GraphIndex,
  indices: string,
): { readonly indices: string; readonly offset: number } => {
  const peeled = index.peel(indices, SAME_ELEMENTS);
  const node = index.producer(peeled);
  const offset = node?.op === "Add" ? node.inputs.map((input) => index.scalar(input)) : [];
  const place = offset.findIndex((value) => value !== undefined && value > 0);
  if (place < 0) return { indices: peeled, offset: 0 };
  return { indices: index.peel(node!.inputs[1 - place]!, SAME_ELEMENTS), offset: offset[place]! };
};

const matchLookup = (index: GraphIndex, tensor: string): Lookup | undefined => {
  const node = index.producer(index.peel(tensor, SAME_ELEMENTS));
  const scaled = node && node.op !== "Gather" ? unscaled(index, tensor) : undefined;
  if (scaled) {
    const inner = matchLookup(index, scaled.tensor);
    return (
      inner && { ...inner, scale: scaled.op === "Mul" ? inner.scale * scaled.by : inner.scale / scaled.by }
    );
  }
  const table = node?.op === "Gather" ? index.constant(node.inputs[0]!) : undefined;
  if (table?.value.shape.length !== 2) return undefined;
  const { indices, offset } = unmoved(index, node!.inputs[1]!);
  return { table: table.name, rows: table.value.shape[0]! - offset, scale: 1, indices };
};

/** Which of two lookups reads tokens: one row for each word, indexed by a graph input, rather the tied one. */
const pickTokens = (
  index: GraphIndex,
  lookups: readonly Lookup[],
  vocabulary: number,
  unembedding: string,
): Lookup | undefined => {
  const candidates = lookups.filter(({ rows, indices }) => rows === vocabulary && index.isInput(indices));
  return candidates.find(({ table }) => table === unembedding) ?? candidates[0];
};

/** The embedding that writes `tensor`; `unembedding` is the initializer that the logits are read through. */
export const matchEmbedding = (
  index: GraphIndex,
  tensor: string,
  vocabulary: number,
  unembedding: string,
): Match<EmbeddingMatch> => {
  const norm = matchNorm(index, index.peel(tensor, SAME_ELEMENTS));
  if (norm) return matchEmbedding(index, norm.input, vocabulary, unembedding);
  const sum = index.producer(index.peel(tensor, SAME_ELEMENTS));
  const parts = sum?.op === "Add" ? sum.inputs : [tensor];
  const lookups = parts.map((part) => matchLookup(index, part)).filter((lookup) => lookup !== undefined);
  const tokens = pickTokens(index, lookups, vocabulary, unembedding);
  if (!tokens || lookups.length !== parts.length)
    return fail(`"${tensor}" is not a lookup of ${vocabulary} token embeddings, with or without positions`);
  const positions = lookups.find((lookup) => lookup !== tokens) ?? null;
  return ok({ inputIds: tokens.indices, table: tokens.table, scale: tokens.scale, positions });
};
