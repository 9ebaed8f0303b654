import type { GraphIndex } from "../graph-index.ts";
import type { AttentionMatch } from "./attention.ts";
import type { EmbeddingMatch } from "./embedding.ts";
import { ancestors } from "./walk.ts";

/** Graph inputs besides the tokens and the cache. */
export interface ModelInputs {
  readonly attentionMask: string | null;
  readonly positionIds: string | null;
}

/** The indices of every lookup in a constant table of floats: of positions, of sines and cosines, of tokens. */
const lookups = (index: GraphIndex): string[] =>
  index.graph.nodes.flatMap(({ op, inputs }) => {
    // GPT-J repeats its table of sines and cosines for each sequence, and gathers from that.
    if (op === "GatherElements") return [inputs[1]!];
    const table = op === "Gather" ? index.constant(inputs[0]!)?.value : undefined;
    return table?.type === "float32" && table.shape.length === 2 ? [inputs[1]!] : [];
  });

/**
 * Tells mask and positions apart by what they act on: positions reach a table that is looked up or a sine and cosine,
 * the mask reaches the softmax beside the scores. An export may build its causal mask from positions too.
 */
export const matchModelInputs = (
  index: GraphIndex,
  embedding: EmbeddingMatch,
  { softmax, scores }: AttentionMatch,
): ModelInputs => {
  const waves = index.graph.nodes.filter(({ op }) => op === "Cos" || op === "Sin");
  const positional = ancestors(index, [...waves.map((node) => node.inputs[0]!), ...lookups(index)]);
  const masking = ancestors(index, [softmax.inputs[0]!], (node) => node === scores);
  const others = index.graph.inputs
    .filter(({ name, type }) => type.startsWith("int") && name !== embedding.inputIds)
    .map(({ name }) => name);
  const masks = others.filter((name) => masking.has(name));
  // OPT counts its positions in the mask, which then reaches both; positions have the shape of the tokens.
  const sizeOf = (input: string) => index.graph.inputs.find(({ name }) => name === input)?.shape.at(-1);
  const isPositions = (name: string) => sizeOf(name) === sizeOf(embedding.inputIds);
  const attentionMask =
    masks.find((name) => !positional.has(name)) ?? masks.find((name) => !isPositions(name)) ?? null;
  const positionIds = others.find((name) => positional.has(name) && name !== attentionMask) ?? null;
  return { attentionMask, positionIds };
};
