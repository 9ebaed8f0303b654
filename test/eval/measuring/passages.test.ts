import { describe, expect, it } from "vitest";
import { type Passage, passagesOf, withOpenings } from "../../../src/eval/measuring/passages.ts";
import { TINY_CASES } from "../support/tiny-evaluation.ts";

const LONG = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");

describe("passagesOf", () => {
  it("splits the beginning of each text, whose parts joined are the text as it is written", () => {
    const [short, long] = passagesOf([" two\n words", LONG]) as unknown as [Passage, Passage];
    expect(short).toEqual(["two", "\n words"]);
    expect(LONG.startsWith(long.join(""))).toBe(true);
    expect(long.map((part) => part.trim().split(" ").length)).toEqual([8, 16]);
  });

  it("has none of texts without two words, and a hundred of many", () => {
    expect(passagesOf(["one", "", "  "])).toEqual([]);
    expect(passagesOf(Array.from({ length: 500 }, (_, i) => `text ${i}`))).toHaveLength(100);
  });
});

describe("withOpenings", () => {
  it("gives every case openings in turn, so that all are asked, and keeps its own prompts", () => {
    const passages = passagesOf(Array.from({ length: 50 }, (_, i) => `text${i} number`));
    const cases = withOpenings(TINY_CASES, passages);
    const asked = cases.flatMap(({ locality }) => locality.random.map(({ prompt }) => prompt));
    expect(new Set(asked).size).toBe(1 + 50);
    expect(cases.every(({ locality }) => locality.random[0]!.prompt === "The river of the city is")).toBe(
      true,
    );
  });
});
