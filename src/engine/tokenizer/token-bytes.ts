import type { DecoderForm } from "./decoder-form.ts";
import type { TokenizerFile } from "./tokenizer-file.ts";

/** What a token adds to a text, as UTF-8 bytes: single tokens may hold part of a character only. */
export type TokenBytes = (id: number) => Uint8Array;

const ENCODER = new TextEncoder();

/**
 * The bytes of each token of a tokenizer file, as its decoder makes them. Added tokens stand for their own text; an id
 * without a token, as rows that pad a model's embedding have, adds nothing.
 */
export const createTokenBytes = (
  file: TokenizerFile,
  { bytesOf }: DecoderForm,
  tokenOf: (id: number) => string | undefined,
): TokenBytes => {
  const added = new Map(file.added_tokens.map((token) => [token.id, ENCODER.encode(token.content)]));
  const cache = new Map<number, Uint8Array>();
  return (id) => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const token = tokenOf(id);
    const bytes = added.get(id) ?? (token === undefined ? new Uint8Array() : bytesOf(token));
    cache.set(id, bytes);
    return bytes;
  };
};
