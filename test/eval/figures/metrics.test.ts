import { describe, expect, it } from "vitest";
import {
  divergence,
  harmonicMean,
  meanLoss,
  median,
  ngramEntropy,
} from "../../../src/eval/figures/metrics.ts";

describe("the mean loss", () => {
  it("is normalised by length", () => {
    expect(meanLoss([-1, -2, -6])).toBe(3);
  });
});

describe("the harmonic mean", () => {
  it("is ROME's S of the paper's own figures", () => {
    expect(100 * harmonicMean([1, 0.964, 0.754])!).toBeCloseTo(89.2, 1);
    expect(100 * harmonicMean([0.222, 0.247, 0.781])!).toBeCloseTo(30.5, 1);
  });

  it("is 0 where one mean is 0, and nothing where one is missing", () => {
    expect(harmonicMean([1, 0, 1])).toBe(0);
    expect(harmonicMean([1, null, 1])).toBeNull();
  });
});

describe("the divergence", () => {
  const logs = (shares: Record<string, number>) =>
    new Map(Object.entries(shares).map(([token, share]) => [token, Math.log(share)]));

  it("is the Kullback-Leibler divergence where both name every token", () => {
    // 0.5 ln(0.5 / 0.25) + 0.5 ln(0.5 / 0.75)
    expect(divergence(logs({ a: 0.5, b: 0.5 }), logs({ a: 0.25, b: 0.75 }))).toBeCloseTo(0.143841, 6);
  });

  it("counts tokens that only one of them names as one outcome", () => {
    // {a, rest}: 0.8 ln(0.8 / 0.4) + 0.2 ln(0.2 / 0.6)
    const before = logs({ a: 0.8, b: 0.1 });
    const after = logs({ a: 0.4, c: 0.5 });
    expect(divergence(before, after)).toBeCloseTo(0.334795, 6);
  });

  it("is 0 for equal distributions", () => {
    expect(divergence(logs({ a: 0.7, b: 0.2 }), logs({ a: 0.7, b: 0.2 }))).toBe(0);
  });
});

describe("the median", () => {
  it("is the middle value, or the mean of the two middle ones", () => {
    expect([median([5, 1, 3]), median([4, 1, 3, 2]), median([])]).toEqual([3, 2.5, null]);
  });
});

describe("fluency", () => {
  it("is the weighted entropy of word pairs and triples", () => {
    // Three different pairs and two different triples: (2/3 log2 3 + 4/3 log2 2) / 2.
    expect(ngramEntropy("one two three four")).toBeCloseTo((2 / 3) * 0.5 * Math.log2(3) + 2 / 3, 12);
  });

  it("is 0 for a text that says one word again and again", () => {
    expect(ngramEntropy("no no no no no no")).toBe(0);
  });
});
