import { describe, expect, it } from "vitest";
import { MAX_EDITS_PER_FILE, parseEdits, parseEditsFile } from "../../../src/core/edit/parse-edits.ts";

const LINE = '{"prompt":"The capital of Norway is","target":"Oslo"}';

describe("parseEdits", () => {
  it("reads one edit a line and passes over blank lines", () => {
    expect(parseEdits(`${LINE}\n\n  \n${LINE}\r\n`, "edits.jsonl")).toEqual({
      ok: true,
      value: Array.from({ length: 2 }, () => ({
        prompt: "The capital of Norway is",
        target: "Oslo",
        paraphrases: [],
        locality: [],
        portability: [],
      })),
    });
  });

  it.each([
    ["a line that is not JSON", `${LINE}\nOslo`, "edits.jsonl:2", /line 2: not JSON/],
    ["a line without a target", '{"prompt":"a"}', "edits.jsonl:1", /line 1: target/],
    [
      "a subject that is not in the prompt",
      `${LINE}\n{"prompt":"The capital of Norway is","target":"Oslo","subject":"norway"}`,
      "edits.jsonl:2",
      /line 2: the subject "norway" does not occur in the prompt "The capital of Norway is"/,
    ],
    [
      "a consequence without its answer",
      '{"prompt":"a","target":"b","portability":["c"]}',
      "edits.jsonl:1",
      /line 1: portability\.0: expected \{"prompt", "answer"\}/,
    ],
    ["a file without an edit", "\n \n", "edits.jsonl", /holds no edit/],
  ])("refuses %s, naming its place", (_, text, param, message) => {
    const parsed = parseEdits(text, "edits.jsonl");
    expect(parsed).toMatchObject({ ok: false, problem: { code: "malformed_edit", param } });
    expect(!parsed.ok && parsed.problem.message).toMatch(message);
  });

  it("takes as many edits as a bundle holds and not one more", () => {
    const linesOf = (count: number) => Array<string>(count).fill(LINE).join("\n");
    expect(MAX_EDITS_PER_FILE).toBe(10_000);
    expect(parseEdits(linesOf(10_000), "edits.jsonl")).toMatchObject({ ok: true });
    expect(parseEdits(linesOf(10_001), "edits.jsonl")).toMatchObject({
      ok: false,
      problem: { code: "limit_exceeded", param: "edits.jsonl" },
    });
  });
});

describe("parseEditsFile", () => {
  it("refuses bytes that are no UTF-8 instead of putting a replaced character into a target", () => {
    const latin1 = Buffer.from('{"prompt":"The city of Joan of Arc is","target":"Orl\u00e9ans"}', "latin1");
    expect(parseEditsFile(latin1, "edits.jsonl")).toMatchObject({
      ok: false,
      problem: { code: "malformed_edit" },
    });
  });

  it.each([
    ['{"prompt":"  ","target":"Oslo"}', "prompt"],
    ['{"prompt":"The capital of Norway is","target":" "}', "target"],
  ])("refuses a blank text: %s", (line, field) => {
    const parsed = parseEditsFile(new TextEncoder().encode(line), "edits.jsonl");
    expect(parsed).toMatchObject({ ok: false, problem: { code: "malformed_edit", param: "edits.jsonl:1" } });
    if (!parsed.ok) expect(parsed.problem.message).toContain(field);
  });
});
