import { fail, ok } from "../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import type { Match } from "./decoder-structure.ts";

/** The start of the residual stream: token embeddings, plus learned positions where the model has them. */
export interface EmbeddingMatch {
  readonly inputIds: string;
  /** Initializer [vocabulary, d]. */
  readonly table: string;
  /** Initializer [context, d] and the tensor of positions that reads it. */
  readonly positions: { readonly table: string; readonly rows: number; readonly indices: string } | null;
}

interface Lookup {
  readonly table: string;
  readonly rows: number;
  readonly indices: string;
}

const matchLookup = (index: GraphIndex, tensor: string): Lookup | undefined => {
  const node = index.producer(index.peel(tensor, SAME_ELEMENTS));
  const table = node?.op === "Gather" ? index.constant(node.inputs[0]!) : undefined;
  return table?.value.shape.length === 2
    ? {
        table: table.name,
        rows: table.value.shape[0]!,
        indices: index.peel(node!.inputs[1]!, SAME_ELEMENTS),
      }
    : undefined;
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
  const sum = index.producer(index.peel(tensor, SAME_ELEMENTS));
  const parts = sum?.op === "Add" ? sum.inputs : [tensor];
  const lookups = parts.map((part) => matchLookup(index, part)).filter((lookup) => lookup !== undefined);
  const tokens = pickTokens(index, lookups, vocabulary, unembedding);
  if (!tokens || lookups.length !== parts.length)
    return fail(`"${tensor}" is not a lookup of ${vocabulary} token embeddings, with or without positions`);
  const positions = lookups.find((lookup) => lookup !== tokens) ?? null;
  return ok({ inputIds: tokens.indices, table: tokens.table, positions });
};
