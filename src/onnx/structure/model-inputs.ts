import type { GraphIndex } from "../graph-index.ts";
import type { AttentionMatch } from "./attention.ts";
import type { EmbeddingMatch } from "./embedding.ts";
import { ancestors } from "./walk.ts";

/** Graph inputs besides the tokens and the cache. */
export interface ModelInputs {
  readonly attentionMask: string | null;
  readonly positionIds: string | null;
}

/**
 * Tells mask and positions apart by what they act on: positions reach a position table or a sine and cosine,
 * the mask reaches the softmax beside the scores. An export may build its causal mask from positions too.
 */
export const matchModelInputs = (
  index: GraphIndex,
  embedding: EmbeddingMatch,
  { softmax, scores }: AttentionMatch,
): ModelInputs => {
  const waves = index.graph.nodes.filter(({ op }) => op === "Cos" || op === "Sin");
  const rotary = index.graph.nodes.filter(({ op }) => op === "RotaryEmbedding");
  const positional = ancestors(index, [
    ...waves.map((node) => node.inputs[0]!),
    ...rotary.map((node) => node.inputs[1]!),
    ...(embedding.positions ? [embedding.positions.indices] : []),
  ]);
  const masking = ancestors(index, [softmax.inputs[0]!], (node) => node === scores);
  const others = index.graph.inputs
    .filter(({ name, type }) => type.startsWith("int") && name !== embedding.inputIds)
    .map(({ name }) => name);
  const masks = others.filter((name) => masking.has(name));
  const attentionMask = masks.find((name) => !positional.has(name)) ?? null;
  const positionIds = others.find((name) => positional.has(name) && name !== attentionMask) ?? null;
  return { attentionMask, positionIds };
};
