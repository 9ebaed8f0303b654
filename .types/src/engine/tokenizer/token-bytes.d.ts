import type { TokenizerFile } from "./tokenizer-file.ts";
/** What a token adds to a text, as UTF-8 bytes: single tokens may hold part of a character only. */
export type TokenBytes = (id: number) => Uint8Array;
/**
 * The bytes of each token of a tokenizer file, in its decoder's terms: byte-level BPE, or pieces with U+2581 for
 * a space and `<0x..>` for single bytes. Added tokens stand for their own text; an id without a token adds nothing.
 */
export declare const createTokenBytes: (file: TokenizerFile, tokenOf: (id: number) => string | undefined) => TokenBytes;
