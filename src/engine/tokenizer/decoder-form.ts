import { type Component, flatten } from "./component.ts";

/** What a tokenizer's decoder makes of its tokens, one token at a time. */
export interface DecoderForm {
  /** What a token of the vocabulary adds to a text, as UTF-8 bytes. */
  readonly bytesOf: (token: string) => Uint8Array;
  /** How many spaces that a text begins with are dropped, at most. */
  readonly spacesDropped: number;
}

/** A token on its way through the decoders: text until one of them makes bytes of it. */
type Piece = string | Uint8Array;

/** The decoders before this one: what they make of a token, and whether tokens have been joined into one text. */
interface Progress {
  readonly piece: (token: string) => Piece;
  readonly joined: boolean;
  readonly spacesDropped: number;
}

const ENCODER = new TextEncoder();
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

/** A token with a character outside the alphabet stands for its own text. */
const byteLevelBytes = (token: string): Uint8Array => {
  const bytes = [...token].map((character) => byteOfCharacter.get(character));
  return bytes.includes(undefined) ? ENCODER.encode(token) : Uint8Array.from(bytes as number[]);
};

const byteOf = (token: string): Piece => {
  const byte = BYTE_TOKEN.exec(token);
  return byte === null ? token : Uint8Array.of(parseInt(byte[1]!, 16));
};

const then = (before: Progress, step: (token: string) => Piece): Progress => ({
  ...before,
  piece(token) {
    const piece = before.piece(token);
    return typeof piece === "string" ? step(piece) : piece;
  },
});

/** Replaces texts in each token; once tokens are joined a longer text could lie across several of them. */
const replace = (before: Progress, { pattern, content }: Component): Progress | null => {
  const { String: from } = (pattern ?? {}) as { readonly String?: unknown };
  if (typeof from !== "string" || (before.joined && [...from].length !== 1)) return null;
  return then(before, (token) => token.replaceAll(from, () => String(content ?? "")));
};

/** Takes up to `start` of a character from the front of each token, or of the text where tokens are joined. */
const strip = (before: Progress, { content, start, stop }: Component): Progress | null => {
  const most = Number(start ?? 0);
  if (content !== " " || Number(stop ?? 0) !== 0) return null;
  if (before.joined) return { ...before, spacesDropped: before.spacesDropped + most };
  return then(before, (token) => token.slice(Math.min(most, /^ */.exec(token)![0].length)));
};

/** Whether the Metaspace component puts its mark in front of a text: older files have a flag for it. */
export const prependsMark = ({ prepend_scheme, add_prefix_space }: Component): boolean =>
  add_prefix_space !== false && prepend_scheme !== "never";

const metaspace = (before: Progress, part: Component): Progress => ({
  ...then(before, (token) => token.replaceAll(String(part.replacement ?? "\u2581"), " ")),
  spacesDropped: before.spacesDropped + (prependsMark(part) ? 1 : 0),
});

const DECODERS: Readonly<Record<string, (before: Progress, part: Component) => Progress | null>> = {
  ByteLevel: (before) => then(before, byteLevelBytes),
  ByteFallback: (before) => then(before, byteOf),
  Fuse: (before) => ({ ...before, joined: true }),
  Metaspace: metaspace,
  Replace: replace,
  Strip: strip,
};

/**
 * The form of a decoder made of byte-level tokens, replacements, bytes as `<0x..>`, and spaces dropped in front, in any
 * order and however nested; null for any other, which cannot be told token by token.
 */
export const decoderForm = (decoder: Component): DecoderForm | null => {
  const plain: Progress = { piece: (token) => token, joined: false, spacesDropped: 0 };
  const end = flatten(decoder, "decoders").reduce<Progress | null>(
    (before, part) => (before === null ? null : (DECODERS[part.type]?.(before, part) ?? null)),
    plain,
  );
  if (end === null) return null;
  const bytesOf = (token: string): Uint8Array => {
    const piece = end.piece(token);
    return typeof piece === "string" ? ENCODER.encode(piece) : piece;
  };
  return { bytesOf, spacesDropped: end.spacesDropped };
};
