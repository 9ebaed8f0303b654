import { type GraphIndex } from "../graph-index.ts";
import type { Match } from "./decoder-structure.ts";
/** The start of the residual stream: token embeddings, plus learned positions where the model has them. */
export interface EmbeddingMatch {
    readonly inputIds: string;
    /** Initializer [vocabulary, d]. */
    readonly table: string;
    /** Initializer [context, d] and the tensor of positions that reads it. */
    readonly positions: {
        readonly table: string;
        readonly rows: number;
        readonly indices: string;
    } | null;
}
/** The embedding that writes `tensor`; `unembedding` is the initializer that the logits are read through. */
export declare const matchEmbedding: (index: GraphIndex, tensor: string, vocabulary: number, unembedding: string) => Match<EmbeddingMatch>;
