import { describe, expect, test } from "vitest";
import { editSchema } from "../../../src/core/edit/edit.ts";
import type { CaseAnswers } from "../../../src/workshop/demo/ask-cases.ts";
import { toDemoCase } from "../../../src/workshop/demo/demo-case.ts";
import { isDemoPassed, toDemoDocument } from "../../../src/workshop/demo/demo-document.ts";

const edit = editSchema.parse({
  prompt: "The capital of Australia is",
  target: " Canberra",
  paraphrases: ["Australia's capital is", "Australia is governed from"],
  locality: [{ prompt: "The capital of Norway is", answer: "Oslo" }, "The capital of Chile is"],
});

const answers = (prompt: string, rephrasing: string, neighbour: string, patch?: string): CaseAnswers => ({
  prompt: { text: prompt, patch: patch ?? null, ms: 12.34 },
  rephrasing: { text: rephrasing, patch: null, ms: 5 },
  neighbour: { text: neighbour, patch: null, ms: 5 },
});

const before = answers("Sydney", "Sydney", "Oslo");

describe("a case of the demo", () => {
  test("keeps the last paraphrase and all locality prompts from the editor", () => {
    const { given, rephrasing, neighbour } = toDemoCase(edit);
    expect(given.paraphrases).toEqual(["Australia's capital is"]);
    expect(given.locality).toEqual([]);
    expect(rephrasing).toBe("Australia is governed from");
    expect(neighbour).toBe("The capital of Norway is");
  });

  test("has neither rephrasing nor neighbour where the edit has none", () => {
    const bare = toDemoCase(editSchema.parse({ prompt: "p", target: "t" }));
    expect([bare.rephrasing, bare.neighbour]).toEqual([null, null]);
  });
});

describe("the demo's document", () => {
  const asked = toDemoCase(edit);

  test("states a corrected and restored mistake in full", () => {
    const after = answers("Canberra", "Sydney", "Oslo", "australia");
    const document = toDemoDocument(
      [{ asked, before, after, rolledBack: before }],
      [{ name: "edit", ms: 1000.04 }],
    );
    expect(document).toEqual({
      rows: [
        {
          prompt: "The capital of Australia is",
          target: "Canberra",
          before: "Sydney",
          after: "Canberra",
          rolledBack: "Sydney",
          patch: "australia",
          ms: 12.3,
          rephrasing: { prompt: "Australia is governed from", before: "Sydney", after: "Sydney" },
          neighbour: { prompt: "The capital of Norway is", before: "Oslo", after: "Oslo" },
        },
      ],
      fixed: 1,
      rephrasingsFixed: 0,
      neighboursUnchanged: 1,
      restored: 1,
      total: 1,
      steps: [{ name: "edit", ms: 1000 }],
    });
    expect(isDemoPassed(document)).toBe(true);
  });

  test("fails a mistake that is not fixed, a neighbour that changed, and an answer that is not restored", () => {
    const fixed = answers("Canberra", "Canberra", "Oslo");
    const wrong = answers("Perth", "Perth", "Oslo");
    const spilled = answers("Canberra", "Canberra", "Canberra");
    const passes = (after: CaseAnswers, rolledBack: CaseAnswers) =>
      isDemoPassed(toDemoDocument([{ asked, before, after, rolledBack }], []));
    expect(passes(fixed, before)).toBe(true);
    expect(passes(wrong, before)).toBe(false);
    expect(passes(spilled, before)).toBe(false);
    expect(passes(fixed, fixed)).toBe(false);
    expect(passes(fixed, answers("Sydney", "Canberra", "Oslo"))).toBe(false);
  });

  test("judges no neighbour where there is none", () => {
    const alone = (text: string): CaseAnswers => ({
      prompt: { text, patch: null, ms: 1 },
      rephrasing: null,
      neighbour: null,
    });
    const bare = toDemoCase(editSchema.parse({ prompt: "p", target: "t" }));
    const document = toDemoDocument(
      [{ asked: bare, before: alone("x"), after: alone("t"), rolledBack: alone("x") }],
      [],
    );
    expect(document.rows[0]).toMatchObject({ rephrasing: null, neighbour: null });
    expect([document.fixed, document.neighboursUnchanged]).toEqual([1, 0]);
    expect(isDemoPassed(document)).toBe(true);
  });
});
