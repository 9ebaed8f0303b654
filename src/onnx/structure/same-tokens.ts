import type { DecoderStructure } from "./decoder-structure.ts";

/** Tensors over the same tokens as a stream [batch, T, d] that is fed. */
export interface SameTokens {
  /** The graph's input of tokens [batch, T]. */
  readonly tokens: string;
  /** Streams [batch, T, d]. */
  readonly streams: readonly string[];
}

/** What of a decoder is over the same tokens as each of its residual streams. */
export const sameTokensOf = ({ io, blocks }: DecoderStructure): SameTokens => ({
  tokens: io.inputIds,
  streams: blocks.map(({ input }) => input),
});
