import { Tokenizer as Library } from "@huggingface/tokenizers";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { createIncrementalDecoder, type IncrementalDecoder } from "./incremental-decoder.ts";
import { createTokenBytes } from "./token-bytes.ts";
import {
  continuationFile,
  dropsFirstSpace,
  parseTokenizerFile,
  prependsSpace,
  type TokenizerFile,
} from "./tokenizer-file.ts";

/** Text decoding that takes token ids one at a time. */
export interface TokenDecoder {
  /** The text that the token completes; empty while a character is open. Special tokens have no text. */
  push(id: number): string;
  /** The end: an unfinished character becomes U+FFFD. */
  flush(): string;
}

/**
 * Text to token ids and back. A special token that a text spells out is read as the text it is, character by
 * character: what somebody pastes into a prompt can neither end it nor stand for a token of the model's own. Who
 * means the token sends its id.
 */
export interface Tokenizer {
  /** Ids of a text that begins a sequence, with the tokens that the file's post-processor adds. */
  encode(text: string): number[];
  /** Ids of a text that continues another: no begin token, and no space that the text itself does not hold. */
  encodeContinuation(text: string): number[];
  /** Text of ids that begin a sequence; special tokens are left out. */
  decode(ids: readonly number[]): string;
  /** A decoder for ids that begin a sequence (`start`), or that continue one (`continuation`). */
  decoder(place: "start" | "continuation"): TokenDecoder;
  /** One token alone: its text, or `bytes:\xNN…` where its bytes are no whole characters, as OpenAI writes it. */
  tokenText(id: number): string;
}

/** Text normalisation after decoding is off: it would lose spaces before punctuation that the model produced. */
const LIBRARY_CONFIG = { clean_up_tokenization_spaces: false };

const EXACT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const exactText = (bytes: Uint8Array): string => {
  try {
    return EXACT.decode(bytes);
  } catch {
    return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
  }
};

/** What the post-processor puts before and after the ids of a text. */
const affixesOf = (file: TokenizerFile): { readonly before: number[]; readonly after: number[] } => {
  const library = new Library(file, LIBRARY_CONFIG);
  const bare = library.encode("a", { add_special_tokens: false }).ids;
  const whole = library.encode("a").ids;
  const start = whole.findIndex((_, at) => bare.every((id, offset) => whole[at + offset] === id));
  return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
};

/** The library without the file's special tokens, so that it finds none in a text. */
const openPlain = (file: TokenizerFile): Library =>
  new Library({ ...file, added_tokens: file.added_tokens.filter((token) => !token.special) }, LIBRARY_CONFIG);

const encodeWith = (library: Library) => (text: string) =>
  library.encode(text, { add_special_tokens: false }).ids;

const createFrom = (file: TokenizerFile): Tokenizer => {
  const { before, after } = affixesOf(file);
  const plain = openPlain(file);
  const encodeText = encodeWith(plain);
  const encodeContinuation = prependsSpace(file) ? encodeWith(openPlain(continuationFile(file))) : encodeText;
  const special = new Set(file.added_tokens.filter((token) => token.special).map((token) => token.id));
  const bytesOf = createTokenBytes(file, (id) => plain.id_to_token(id));
  const drop = dropsFirstSpace(file);
  // Every token of an answer is described by its text, and decoding bytes leaves the script's own runtime.
  const texts: string[] = [];
  const decoder = (place: "start" | "continuation"): TokenDecoder => {
    const text: IncrementalDecoder = createIncrementalDecoder(drop && place === "start");
    return { push: (id) => (special.has(id) ? "" : text.push(bytesOf(id))), flush: () => text.flush() };
  };
  return {
    encode: (text) => [...before, ...encodeText(text), ...after],
    encodeContinuation,
    decode(ids) {
      const text = decoder("start");
      return ids.map((id) => text.push(id)).join("") + text.flush();
    },
    decoder,
    tokenText(id) {
      texts[id] ??= exactText(bytesOf(id));
      return texts[id];
    },
  };
};

/** Reads a Hugging Face `tokenizer.json`; fails with `malformed_model` where it cannot be used. */
export const createTokenizer = (json: string): Result<Tokenizer> => {
  const file = parseTokenizerFile(json);
  if (!file.ok) return file;
  try {
    return ok(createFrom(file.value));
  } catch (error) {
    return fail(
      problem("malformed_model", `tokenizer.json cannot be used: ${(error as Error).message}`, {
        param: "tokenizer.json",
      }),
    );
  }
};
