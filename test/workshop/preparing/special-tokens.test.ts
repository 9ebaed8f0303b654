import { describe, expect, it } from "vitest";
import type { ExportSettings } from "../../../src/workshop/preparing/export-settings.ts";
import { fitTokenizer } from "../../../src/workshop/preparing/fit-tokenizer.ts";
import { findSpecialTokens } from "../../../src/workshop/preparing/special-tokens.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const NOTHING: ExportSettings = {
  context: null,
  ends: null,
  configured: { begin: null, end: null },
  tokens: { begin: null, end: null },
  chatTemplate: null,
};

/** A byte-level tokenizer of a few letters, one merge and three special tokens. */
const tokenizer = JSON.stringify({
  added_tokens: ["<s>", "</s>", "<end>"].map((content, at) => ({ id: 4 + at, content, special: true })),
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: "ByteLevel" },
  model: { type: "BPE", vocab: { a: 0, b: 1, Ġ: 2, ab: 3 }, merges: ["a b"] },
});

const ends = (...ids: number[]) => ({ file: "generation_config.json", ids });

const faultOf = (settings: Partial<ExportSettings>, asked: readonly string[] = []): string => {
  const found = findSpecialTokens(tokenizer, { ...NOTHING, ...settings }, asked);
  return found.ok ? JSON.stringify(found.value) : found.problem.message;
};

describe("findSpecialTokens", () => {
  it("takes the ids of the files, the first to be taught", () => {
    const found = unwrap(findSpecialTokens(tokenizer, { ...NOTHING, ends: ends(6, 5, 6) }));
    expect(found).toEqual({ begin: null, end: 6, furtherEnds: [5] });
  });

  it("takes the tokenizer's own end where no file has ids", () => {
    const tokens = { begin: null, end: { file: "tokenizer_config.json", token: "</s>" } };
    expect(unwrap(findSpecialTokens(tokenizer, { ...NOTHING, tokens }))).toEqual({ begin: null, end: 5 });
  });

  it("takes what is asked for by its text, an ordinary token too", () => {
    expect(faultOf({ ends: ends(6) }, ["</s>", "ab"])).toBe('{"begin":null,"end":5,"furtherEnds":[3]}');
  });

  it("refuses what does not belong together, naming ids and files", () => {
    expect(faultOf({ ends: ends(99) })).toContain(
      "generation_config.json ends a text with token 99, which tokenizer.json does not have.",
    );
    expect(faultOf({ ends: ends(1) })).toContain('token 1, which in tokenizer.json is the ordinary "b"');
    const other = faultOf({
      ends: ends(6),
      configured: { begin: { file: "config.json", ids: [0] }, end: ends(6) },
      tokens: {
        begin: { file: "tokenizer_config.json", token: "<s>" },
        end: { file: "tokenizer_config.json", token: "</s>" },
      },
    });
    expect(other).toContain('begins a text with "<s>", in tokenizer.json token 4; config.json with 0.');
    expect(other).toContain(
      'ends a text with "</s>", in tokenizer.json token 5; generation_config.json with 6.',
    );
    expect(faultOf({}, ["<none>"])).toContain(
      'the tokenizer has no token "<none>"; name one of: <s> </s> <end>',
    );
    expect(faultOf({})).toContain("which token ends an answer is not known");
  });
});

describe("fitTokenizer", () => {
  it("passes a tokenizer on that the model has rows for, padding rows or not", () => {
    expect(unwrap(fitTokenizer(tokenizer, 7, { cutting: false }))).toBe(tokenizer);
    expect(unwrap(fitTokenizer(tokenizer, 64, { cutting: true }))).toBe(tokenizer);
  });

  it.each([
    [6, "tokenizer.json has 1 token that the model has no row for, of ids 6: the graph embeds 6 tokens"],
    [
      4,
      "tokenizer.json has 3 tokens that the model has no row for, of ids 4, 5, 6: the graph embeds 4 tokens",
    ],
  ])("refuses ids that %i rows have no place for, and names them", (rows, message) => {
    expect(fitTokenizer(tokenizer, rows, { cutting: false })).toMatchObject({
      ok: false,
      problem: { code: "malformed_model", message: expect.stringContaining(message) },
    });
  });

  it("cuts tokens and the merges that made them", () => {
    const cut = JSON.parse(unwrap(fitTokenizer(tokenizer, 3, { cutting: true })));
    expect(cut).toMatchObject({ added_tokens: [], model: { vocab: { a: 0, b: 1, Ġ: 2 }, merges: [] } });
  });
});
