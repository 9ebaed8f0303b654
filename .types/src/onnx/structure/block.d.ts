import { type GraphIndex } from "../graph-index.ts";
import { type AttentionMatch } from "./attention.ts";
import type { Block, Match } from "./decoder-structure.ts";
/** A block, and what of its attention the whole decoder's structure needs. */
export interface BlockMatch {
    readonly block: Block;
    readonly attention: AttentionMatch;
}
/** The pre-norm block that writes `output`: attention, then FFN, each added to the stream that its norm reads. */
export declare const matchBlock: (index: GraphIndex, output: string) => Match<BlockMatch>;
