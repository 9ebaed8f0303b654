import { Tokenizer } from "@huggingface/tokenizers";
import { learnMerges } from "./bpe.ts";
import { BYTE_CHARACTERS } from "./byte-alphabet.ts";

/** Ends every answer; the only special token. */
export const END_OF_TEXT = "<|endoftext|>";

/** Its id. */
export const END_OF_TEXT_ID = 0;

/** Tokens that exist before any merge: the special one and one for each byte. */
const BASE_TOKENS = [END_OF_TEXT, ...BYTE_CHARACTERS];

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

/**
 * Trains a byte-level BPE of at most `size` tokens on `texts` and returns the text of its Hugging Face
 * `tokenizer.json`. The same texts give the same bytes.
 */
export const trainTokenizer = (texts: Iterable<string>, size: number): string => {
  const merges = learnMerges(texts, size - BASE_TOKENS.length);
  // Two merges may spell the same token; it keeps the id of the first.
  const tokens = [...new Set([...BASE_TOKENS, ...merges.map(([left, right]) => left + right)])];
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: END_OF_TEXT_ID,
        content: END_OF_TEXT,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
  return `${JSON.stringify(file)}\n`;
};

/** Turns text into token ids, by the tokenizer library reading `tokenizerJson`. */
export const encoderFor = (tokenizerJson: string): ((text: string) => number[]) => {
  const tokenizer = new Tokenizer(JSON.parse(tokenizerJson), {});
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
};
