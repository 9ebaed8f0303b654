import { beforeAll, describe, expect, it } from "vitest";
import { readTracePrompt, rolesAt } from "../../../src/edit/trace/trace-prompt.ts";
import { createTokenizer, type Tokenizer } from "../../../src/engine/tokenizer/tokenizer.ts";
import { tinyTokenizer } from "../../fixtures/tiny-model.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

let tokenizer: Tokenizer;

beforeAll(() => {
  tokenizer = unwrap(createTokenizer(tinyTokenizer()));
});

const read = (prompt: string, subject: string) => readTracePrompt(prompt, subject, tokenizer, 48);
const textOf = (prompt: string, subject: string) => {
  const { ids, subject: span } = unwrap(read(prompt, subject));
  return tokenizer.decode(ids.slice(span.start, span.end));
};

describe("readTracePrompt", () => {
  it.each([
    ["The capital of France is", "France"],
    ["The author of the book is", "the book"],
    ["The capital of Zürich's Ångström is", "Zürich's Ångström"],
    ["Norway has the capital", "Norway"],
  ])("finds the tokens of the subject in %j", (prompt, subject) => {
    expect(textOf(prompt, subject).trim()).toBe(subject);
  });

  it("takes a token that holds a part of the subject, and any letter case", () => {
    expect(textOf("The capital of France is", "Fra").trim()).toMatch(/^Fra/);
    expect(textOf("The Tagus flows into", "the Tagus").trim()).toBe("The Tagus");
  });

  it("refuses a subject that the prompt does not hold, and a prompt that is too long", () => {
    expect(read("The capital of France is", "Norway")).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "--subject" },
    });
    expect(readTracePrompt("France ".repeat(60), "France", tokenizer, 48)).toMatchObject({
      ok: false,
      problem: { code: "prompt_too_long" },
    });
  });
});

describe("rolesAt", () => {
  const rolesOf = (length: number, start: number, end: number) =>
    Array.from({ length }, (_, position) =>
      rolesAt({ ids: new Array<number>(length).fill(1), tokens: [], subject: { start, end } }, position),
    );

  it("names the tokens of a subject and what follows it", () => {
    expect(rolesOf(7, 1, 5)).toEqual([
      [],
      ["subject-first"],
      ["subject-middle"],
      ["subject-middle"],
      ["subject-last"],
      ["further"],
      ["prompt-last"],
    ]);
  });

  it("takes the one token of a subject for its last, and gives a subject at the end both roles", () => {
    expect(rolesOf(3, 1, 2)).toEqual([[], ["subject-last"], ["prompt-last"]]);
    expect(rolesOf(2, 0, 2)).toEqual([["subject-first"], ["subject-last", "prompt-last"]]);
  });
});
