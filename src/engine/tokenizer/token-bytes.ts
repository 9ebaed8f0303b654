import type { TokenizerFile } from "./tokenizer-file.ts";

/** What a token adds to a text, as UTF-8 bytes: single tokens may hold part of a character only. */
export type TokenBytes = (id: number) => Uint8Array;

const ENCODER = new TextEncoder();
const SPACE_MARK = "\u2581";
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

/** GPT-2's alphabet: each byte has a printable character; those without one of their own start at U+0100. */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++)
    table.set(String.fromCodePoint(isPrintable(byte) ? byte : next++), byte);
  return table;
})();

const byteLevelBytes = (token: string): Uint8Array =>
  Uint8Array.from(
    [...token].flatMap((character) => byteOfCharacter.get(character) ?? [...ENCODER.encode(character)]),
  );

const spaceMarkBytes = (token: string): Uint8Array => {
  const byte = BYTE_TOKEN.exec(token);
  return byte === null
    ? ENCODER.encode(token.replaceAll(SPACE_MARK, " "))
    : Uint8Array.of(parseInt(byte[1]!, 16));
};

/**
 * The bytes of each token of a tokenizer file, in its decoder's terms: byte-level BPE, or pieces with U+2581 for
 * a space and `<0x..>` for single bytes. Added tokens stand for their own text; an id without a token adds nothing.
 */
export const createTokenBytes = (
  file: TokenizerFile,
  tokenOf: (id: number) => string | undefined,
): TokenBytes => {
  const added = new Map(file.added_tokens.map((token) => [token.id, ENCODER.encode(token.content)]));
  const bytesOf = file.decoder.type === "ByteLevel" ? byteLevelBytes : spaceMarkBytes;
  const cache = new Map<number, Uint8Array>();
  return (id) => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const bytes = added.get(id) ?? bytesOf(tokenOf(id) ?? "");
    cache.set(id, bytes);
    return bytes;
  };
};
