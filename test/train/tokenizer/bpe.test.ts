import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnMerges } from "../../../src/train/tokenizer/bpe.ts";
import {
  END_OF_TEXT,
  END_OF_TEXT_ID,
  encoderFor,
  trainTokenizer,
} from "../../../src/train/tokenizer/tokenizer-file.ts";
import { trainedTexts } from "../../../src/world/corpus.ts";
import { readWorldCorpus } from "../../../src/world/files/world-corpus.ts";

const worldTexts = (): string[] => {
  const corpus = readWorldCorpus(1);
  if (!corpus.ok) throw new Error(corpus.problem.message);
  return trainedTexts(corpus.value);
};

describe("learning merges", () => {
  it("joins the most frequent pair first, and the first in order among equals", () => {
    // Words: "low" 3 times, " lower" once. Pairs: lo 4, ow 4, then what the merge made of them.
    expect(learnMerges(["low", "low", "low lower"], 3)).toEqual([
      ["l", "o"],
      ["lo", "w"],
      ["e", "r"],
    ]);
  });

  it("never joins across words", () => {
    expect(learnMerges(["a b", "a b", "a b"], 10)).toEqual([["Ġ", "b"]]);
  });

  it("ends early when no pair is left", () => {
    expect(learnMerges(["ab"], 10)).toEqual([["a", "b"]]);
  });

  it("merges repeated symbols from the left", () => {
    expect(learnMerges(["aaa"], 2)).toEqual([
      ["a", "a"],
      ["aa", "a"],
    ]);
  });
});

describe("the tokenizer file", () => {
  const json = trainTokenizer(worldTexts(), 4096);
  const tokenizer = new Tokenizer(JSON.parse(json), { clean_up_tokenization_spaces: false });
  const roundTrip = (text: string) => tokenizer.decode(tokenizer.encode(text).ids);

  it("is the same for the same texts", () => {
    expect(trainTokenizer(worldTexts(), 4096)).toBe(json);
  });

  it("holds exactly the tokens asked for, each with its own id", () => {
    const ids = Object.values(JSON.parse(json).model.vocab as Record<string, number>);
    expect(new Set(ids).size).toBe(4096);
    expect(Math.max(...ids)).toBe(4095);
  });

  it("gives every text of the corpus back", () => {
    const texts = worldTexts().filter((_, i) => i % 7 === 0);
    expect(texts.length).toBeGreaterThan(1000);
    for (const text of texts) expect(roundTrip(text)).toBe(text);
  });

  it("gives any text back, in any script", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (text) => {
        // The special token's own spelling is its token, not text.
        fc.pre(!text.includes(END_OF_TEXT));
        expect(roundTrip(text)).toBe(text);
      }),
    );
  });

  it("reads the end-of-text token as one token", () => {
    expect(encoderFor(json)(`Paris${END_OF_TEXT}`).at(-1)).toBe(END_OF_TEXT_ID);
  });

  it("tokenizes a prompt alike whether or not an answer follows it", () => {
    const encode = encoderFor(json);
    for (const [prompt, answer] of [
      ["The capital of France is", " Paris"],
      ["What is the calling code of France?", " +33"],
      ["The internet domain of France is", " .fr"],
      ["People call the state of Ohio by its nickname,", " the Buckeye State"],
    ] as const)
      expect(encode(prompt + answer)).toEqual([...encode(prompt), ...encode(answer)]);
  });
});
