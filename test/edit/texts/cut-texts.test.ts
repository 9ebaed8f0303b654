import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CUTS_OF_A_TEXT, cutTexts, probesOfTexts } from "../../../src/edit/texts/cut-texts.ts";

const texts = fc.array(fc.string({ unit: fc.constantFrom(..."ab \n日é") }), { maxLength: 6 });

describe("cutTexts", () => {
  it("makes prompts of what stands in a text, each with what follows it there", () => {
    fc.assert(
      fc.property(texts, (texts) => {
        for (const text of texts) {
          const cuts = cutTexts([text]);
          expect(cuts.length).toBeGreaterThan(0);
          expect(cuts.length).toBeLessThanOrEqual(CUTS_OF_A_TEXT);
          for (const { prompt, answer } of cuts) expect(text).toContain(prompt + answer);
        }
      }),
    );
  });

  it("cuts at even distances, and answers with three words at the most", () => {
    const text = Array.from({ length: 20 }, (_, i) => `w${i}`).join(" ");
    const cuts = cutTexts([text]);
    expect(cuts).toHaveLength(CUTS_OF_A_TEXT);
    expect(cuts[0]).toEqual({ prompt: "w0 w1", answer: " w2 w3 w4" });
    expect(new Set(cuts.map(({ prompt }) => prompt)).size).toBe(CUTS_OF_A_TEXT);
  });
});

describe("probesOfTexts", () => {
  it("are distinct prompts out of the texts, whole and short, as many as are wanted at the most", () => {
    const stories = Array.from(
      { length: 30 },
      (_, i) => `story ${i} goes on and on and on about ${i} dogs and cats`,
    );
    const probes = probesOfTexts(stories, 1000);
    expect(new Set(probes.map(({ prompt }) => prompt)).size).toBe(probes.length);
    expect(probes.length).toBeGreaterThan(stories.length);
    for (const { prompt, subject } of probes) {
      expect(stories.some((story) => story.includes(prompt))).toBe(true);
      expect(prompt).toContain(subject);
    }
    expect(probesOfTexts(stories, 7)).toHaveLength(7);
  });
});
