import type { GraphIndex } from "../graph-index.ts";
import type { AttentionMatch } from "./attention.ts";
import type { EmbeddingMatch } from "./embedding.ts";
/** Graph inputs besides the tokens and the cache. */
export interface ModelInputs {
    readonly attentionMask: string | null;
    readonly positionIds: string | null;
}
/**
 * Tells mask and positions apart by what they act on: positions reach a position table or a sine and cosine,
 * the mask reaches the softmax beside the scores. An export may build its causal mask from positions too.
 */
export declare const matchModelInputs: (index: GraphIndex, embedding: EmbeddingMatch, { softmax, scores }: AttentionMatch) => ModelInputs;
