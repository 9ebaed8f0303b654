import { type GraphIndex } from "../graph-index.ts";
import type { FeedForward, Match, Norm } from "./decoder-structure.ts";
/** An FFN and the norm in front of it. */
export interface FeedForwardMatch {
    readonly norm: Norm;
    readonly feedForward: FeedForward;
}
/** The FFN that returns `branch`: norm, up-projection (and gate), activation, down-projection. */
export declare const matchFeedForward: (index: GraphIndex, branch: string) => Match<FeedForwardMatch>;
