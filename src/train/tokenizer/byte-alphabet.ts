/** Bytes that print as themselves in a byte-level vocabulary. */
const prints = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/**
 * GPT-2's bijection between bytes and printable characters: the character that stands for each byte. Bytes
 * that do not print take the code points from 256 on, in order.
 */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(prints(byte) ? byte : next++));
})();

const encoder = new TextEncoder();

/** The characters that stand for the UTF-8 bytes of `text`. */
export const toByteCharacters = (text: string): string[] =>
  Array.from(encoder.encode(text), (byte) => BYTE_CHARACTERS[byte]!);
