import { describe, expect, it } from "vitest";
import { parseCorpus } from "../../../src/edit/statistics/corpus.ts";
import { positionsIn } from "../../../src/edit/statistics/state-positions.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

describe("parseCorpus", () => {
  it("reads plain text, a text a line", async () => {
    const { texts } = unwrap(await parseCorpus("One line.\n\n  Another. \r\n", "c.txt"));
    expect(texts).toEqual([
      { prompt: "One line.", answer: "" },
      { prompt: "Another.", answer: "" },
    ]);
  });

  it("reads JSON lines of texts and of prompts with answers, which get their leading space", async () => {
    const lines = [
      '{"text":"A text."}',
      '{"prompt":"The capital of France is","answer":"Paris"}',
      '{"prompt":"P","answer":" A"}',
      '{"prompt":"Q","subject":"ignored"}',
    ];
    const { texts } = unwrap(await parseCorpus(lines.join("\n"), "c.jsonl"));
    expect(texts).toEqual([
      { prompt: "A text.", answer: "" },
      { prompt: "The capital of France is", answer: " Paris" },
      { prompt: "P", answer: " A" },
      { prompt: "Q", answer: "" },
    ]);
  });

  it("names a corpus by its texts alone", async () => {
    const digest = async (content: string) => unwrap(await parseCorpus(content, "c")).digest;
    expect(await digest("a\nb")).toBe(await digest("a\n\nb\n"));
    expect(await digest("a\nb")).not.toBe(await digest("b\na"));
  });

  it.each([
    ['{"text":"fine"}\n{"txt":"not"}', "c.jsonl, line 2"],
    ['{"text":"fine"}\nnot JSON', "c.jsonl, line 2"],
    ['{"text":" "}', "c.jsonl, line 1"],
    [" \n", "holds no text"],
  ])("refuses %j", async (content, message) => {
    expect(await parseCorpus(content, "c.jsonl")).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", message: expect.stringContaining(message) },
    });
  });
});

describe("positionsIn", () => {
  const sequence = { ids: [5, 6, 7, 8, 9], promptLength: 3 };

  it.each([
    ["all", [0, 1, 2, 3, 4]],
    ["last-prompt", [2]],
    ["answer", [2, 3, 4]],
  ] as const)("means for %s the positions %j", (positions, expected) => {
    expect(positionsIn(sequence, positions)).toEqual(expected);
  });
});
