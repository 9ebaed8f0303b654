import type { GraphIndex } from "../../graph-index.ts";
import type { AttentionMatch } from "../attention.ts";
import type { Block, Match } from "../decoder-structure.ts";
import type { FeedForwardMatch } from "../feed-forward.ts";

/** A block, and what of its attention the whole decoder's structure needs. */
export interface BlockMatch {
  readonly block: Block;
  readonly attention: AttentionMatch;
}

/** A way in which attention and FFN make a block of the residual stream. */
export interface BlockForm {
  /** What people call it. */
  readonly name: string;
  /** The block of this form that writes `output`. */
  readonly match: (index: GraphIndex, output: string) => Match<BlockMatch>;
}

/** A block out of its parts. */
export const blockOf = (
  { input, output }: Pick<Block, "input" | "output">,
  attention: AttentionMatch,
  { feedForward }: FeedForwardMatch,
): BlockMatch => ({
  attention,
  block: { input, attention: { output: attention.output }, feedForward, output, cache: attention.cache },
});
