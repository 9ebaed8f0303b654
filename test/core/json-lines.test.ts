import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type LineForm, parseJsonLines } from "../../src/core/json-lines.ts";
import { ok } from "../../src/core/result.ts";

const FORM: LineForm<{ readonly at: { readonly age: number } }> = {
  schema: z.object({ at: z.object({ age: z.int("expected a whole number") }) }),
  expected: '{"at": {"age"}}',
  code: "invalid_request",
};

const line = (age: unknown): string => JSON.stringify({ at: { age } });

describe("JSON lines", () => {
  it("are read in order, blank ones passed over", () => {
    const text = `${line(1)}\n\n  \n${line(2)}\r\n`;
    expect(parseJsonLines(text, "a.jsonl", FORM)).toEqual(ok([{ at: { age: 1 } }, { at: { age: 2 } }]));
    expect(parseJsonLines("", "a.jsonl", FORM)).toEqual(ok([]));
  });

  it("at fault are all named at once, with the field and what was expected", () => {
    const parsed = parseJsonLines(`${line(1)}\n${line("x")}\nnope`, "a.jsonl", FORM);
    expect(parsed).toMatchObject({
      problem: {
        code: "invalid_request",
        message: expect.stringMatching(
          /^a\.jsonl, line 2: at\.age: expected a whole number; line 3: not JSON .*\. Expected \{"at": \{"age"\}\} on each line\.$/,
        ),
        param: "a.jsonl:2",
      },
    });
  });

  it("are named up to five of them, and counted", () => {
    const parsed = parseJsonLines(Array(7).fill("5").join("\n"), "a.jsonl", FORM);
    expect(parsed).toMatchObject({
      problem: { message: expect.stringMatching(/line 5: [^;]*; and 2 more\. Expected/) },
    });
  });
});
