import { describe, expect, it } from "vitest";
import { countFound } from "../../../src/eval/assess/found-mistakes.ts";
import { knowledgeScore, likelihoodOf } from "../../../src/eval/assess/knowledge-score.ts";

const tokens = (...probabilities: number[]) =>
  probabilities.map((probability, id) => ({ id, text: "", logprob: Math.log(probability) }));

describe("likelihoodOf", () => {
  it("takes the first token's probability, and the geometric mean of all", () => {
    const { first, whole } = likelihoodOf({ tokens: tokens(0.5, 0.25, 0.064) });
    expect(first).toBeCloseTo(0.5, 12);
    expect(whole).toBeCloseTo(0.2, 12);
  });
});

describe("knowledgeScore", () => {
  it("divides by the mean of the contrasts, alpha added to both sides", () => {
    const contrasts = [
      { first: 0.1, whole: 0.2 },
      { first: 0.3, whole: 0 },
    ];
    const score = knowledgeScore({ first: 0.5, whole: 0.05 }, contrasts, 0.01)!;
    expect(score.first).toBeCloseTo(0.51 / 0.21, 12);
    expect(score.whole).toBeCloseTo(0.06 / 0.11, 12);
  });

  it("is nothing without contrasts", () => {
    expect(knowledgeScore({ first: 1, whole: 1 }, [], 0)).toBeNull();
  });
});

describe("countFound", () => {
  it("gives precision and recall over the facts taught wrong", () => {
    const facts = [true, false, false, false, true].map((known, index) => ({ known, index }));
    expect(countFound(facts, (index) => index < 3)).toEqual({
      mistakes: 3,
      found: 2,
      others: 2,
      mistaken: 1,
      precision: 2 / 3,
      recall: 2 / 3,
    });
    expect(countFound(facts, () => false)).toBeNull();
  });
});
