import { Tokenizer as Library } from "@huggingface/tokenizers";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type DecoderForm, decoderForm } from "./decoder-form.ts";
import { createIncrementalDecoder, type IncrementalDecoder } from "./incremental-decoder.ts";
import { libraryFile } from "./library-file.ts";
import { createTokenBytes } from "./token-bytes.ts";
import { continuationFile, parseTokenizerFile, prependsSpace, type TokenizerFile } from "./tokenizer-file.ts";

/** Text decoding that takes token ids one at a time. */
export interface TokenDecoder {
  /** The text that the token completes; empty while a character is open. Special tokens have no text. */
  push(id: number): string;
  /** The end: an unfinished character becomes U+FFFD. */
  flush(): string;
}

/** How a text is read. */
export interface EncodeOptions {
  /**
   * What a special token is that the text spells out. As `text` it is read character by character: what somebody pastes
   * into a prompt can neither end it nor stand for a token of the model's own. Where it is `recognised`, as in what a
   * chat template writes, it is the token.
   */
  readonly specials?: "text" | "recognised";
}

/** Text to token ids and back. Special tokens are text unless the caller has them recognised. */
export interface Tokenizer {
  /**
   * Ids of a text that begins a sequence, with the tokens that the file's post-processor adds; those that are recognised
   * in the text's own beginning or end are not added again.
   */
  encode(text: string, options?: EncodeOptions): number[];
  /** Ids of a text that continues another: no begin token, and no space that the text itself does not hold. */
  encodeContinuation(text: string, options?: EncodeOptions): number[];
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

/** The library with the file's special tokens, which it finds in a text. */
const openWhole = (file: TokenizerFile): Library => new Library(libraryFile(file), LIBRARY_CONFIG);

/** What the post-processor puts before and after the ids of a text. */
const affixesOf = (file: TokenizerFile): { readonly before: number[]; readonly after: number[] } => {
  const library = openWhole(file);
  const bare = library.encode("a", { add_special_tokens: false }).ids;
  const whole = library.encode("a").ids;
  const start = whole.findIndex((_, at) => bare.every((id, offset) => whole[at + offset] === id));
  return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
};

/** The vocabulary without the special tokens: a word that is in it whole would be taken before any merge. */
const withoutSpecials = (model: TokenizerFile["model"], special: ReadonlySet<string>): typeof model => {
  const { vocab, ignore_merges } = model as { readonly vocab?: object; readonly ignore_merges?: boolean };
  if (ignore_merges !== true || vocab === undefined) return model;
  const kept = Object.entries(vocab).filter(([token]) => !special.has(token));
  return { ...model, vocab: Object.fromEntries(kept) } as typeof model;
};

/** The library without the file's special tokens, so that it finds none in a text. */
const openPlain = (file: TokenizerFile): Library => {
  const special = new Set(file.added_tokens.filter((token) => token.special).map(({ content }) => content));
  return openWhole({
    ...file,
    added_tokens: file.added_tokens.filter((token) => !token.special),
    model: withoutSpecials(file.model, special),
  });
};

/** Encodes with a library that is opened at its first use: who never recognises special tokens needs one less. */
const encodeWith = (open: () => Library) => {
  let library: Library | undefined;
  return (text: string): number[] => {
    library ??= open();
    return library.encode(text, { add_special_tokens: false }).ids;
  };
};

/** Both ways to read a text by a file. */
const createEncoder = (file: TokenizerFile, plain: () => Library) => {
  const asText = encodeWith(plain);
  const recognising = encodeWith(() => openWhole(file));
  return (text: string, { specials = "text" }: EncodeOptions = {}): number[] =>
    specials === "recognised" ? recognising(text) : asText(text);
};

const hasAt = (ids: readonly number[], at: number, part: readonly number[]): boolean =>
  at >= 0 && part.every((id, offset) => ids[at + offset] === id);

const createFrom = (file: TokenizerFile, form: DecoderForm): Tokenizer => {
  const { before, after } = affixesOf(file);
  const plain = openPlain(file);
  const encodeText = createEncoder(file, () => plain);
  const continuing = continuationFile(file);
  const encodeContinuation = prependsSpace(file)
    ? createEncoder(continuing, () => openPlain(continuing))
    : encodeText;
  const special = new Set(file.added_tokens.filter((token) => token.special).map((token) => token.id));
  const bytesOf = createTokenBytes(file, form, (id) => plain.id_to_token(id));
  // Every token of an answer is described by its text, and decoding bytes leaves the script's own runtime.
  const texts: string[] = [];
  const decoder = (place: "start" | "continuation"): TokenDecoder => {
    const text: IncrementalDecoder = createIncrementalDecoder(place === "start" ? form.spacesDropped : 0);
    return { push: (id) => (special.has(id) ? "" : text.push(bytesOf(id))), flush: () => text.flush() };
  };
  return {
    encode(text, options) {
      const ids = encodeText(text, options);
      const begun = hasAt(ids, 0, before) ? [] : before;
      const ended = hasAt(ids, ids.length - after.length, after) ? [] : after;
      return [...begun, ...ids, ...ended];
    },
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
    return ok(createFrom(file.value, decoderForm(file.value.decoder)!));
  } catch (error) {
    return fail(
      problem("malformed_model", `tokenizer.json cannot be used: ${(error as Error).message}`, {
        param: "tokenizer.json",
      }),
    );
  }
};
