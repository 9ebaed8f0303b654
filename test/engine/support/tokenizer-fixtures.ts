import { trainTokenizer } from "../../../src/train/tokenizer/tokenizer-file.ts";

/** A byte-level BPE over a few English sentences: `<|endoftext|>` is 0, the 256 bytes follow, then merges. */
export const byteLevelTokenizer = (): string =>
  trainTokenizer(
    [
      "The capital of France is Paris.",
      "The capital of Norway is Oslo.",
      "The author of the book is unknown.",
    ],
    280,
  );

const byteTokens = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

/**
 * A tokenizer of Llama's kind: 0 `<unk>`, 1 `<s>` put in front, 2 `</s>`, 3 to 258 the bytes, then U+2581 pieces
 * with the merges `▁ t`, `h e`, `▁t he`.
 */
export const spaceMarkTokenizer = (): string => {
  const special = ["<unk>", "<s>", "</s>"];
  const letters = [..."\u2581abcdefghijklmnopqrstuvwxyz."];
  const tokens = [...special, ...byteTokens, ...letters, "\u2581t", "he", "\u2581the"];
  return JSON.stringify({
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "\u2581" },
        { type: "Replace", pattern: { String: " " }, content: "\u2581" },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "\u2581" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      byte_fallback: true,
      fuse_unk: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: ["\u2581 t", "h e", "\u2581t he"],
    },
  });
};
