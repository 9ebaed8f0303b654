import { type Node } from "../graph.ts";
import { type GraphIndex } from "../graph-index.ts";
import type { LayerCache, Match, Norm } from "./decoder-structure.ts";
/** A block's attention: o = output-projection(softmax(q kᵀ + mask) v). */
export interface AttentionMatch {
    readonly norm: Norm;
    readonly output: string;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    readonly cache: LayerCache | null;
    readonly softmax: Node;
    /** The multiplication of queries and keys. */
    readonly scores: Node;
}
/** The attention that returns `branch`, traced back to the norm in front of its projections. */
export declare const matchAttention: (index: GraphIndex, branch: string) => Match<AttentionMatch>;
