import { describe, expect, test } from "vitest";
import { createSampler } from "../../../src/engine/sampling/sampler.ts";

/** Logits of the probabilities .5, .25, .15, .1 over ids 2, 0, 3, 1. */
const LOGITS = Float32Array.from([0.25, 0.1, 0.5, 0.15], Math.log);

const frequencies = (temperature: number, topP: number, draws: number): number[] => {
  const sample = createSampler({ temperature, topP, seed: 11 });
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[sample(LOGITS)]! += 1;
  return counts.map((count) => count / draws);
};

describe("sampling", () => {
  test("at temperature 0 takes the most probable token, the first of equals", () => {
    const sample = createSampler({ temperature: 0, topP: 1, seed: 0 });
    expect(sample(LOGITS)).toBe(2);
    expect(sample(Float32Array.of(1, 3, 3))).toBe(1);
  });

  test("at temperature 1 follows the model's probabilities", () => {
    const seen = frequencies(1, 1, 20_000);
    [0.25, 0.1, 0.5, 0.15].forEach((expected, id) => {
      expect(seen[id]).toBeCloseTo(expected, 1.7);
    });
  });

  test("at temperature 0.5 squares them", () => {
    // .5² : .25² : .15² : .1² = 250 : 62.5 : 22.5 : 10, of 345
    const seen = frequencies(0.5, 1, 20_000);
    expect(seen[2]).toBeCloseTo(250 / 345, 1.7);
    expect(seen[1]).toBeCloseTo(10 / 345, 1.7);
  });

  test("keeps exactly the tokens that reach top-p together", () => {
    // .5 alone is short of .6; .5 + .25 reaches it: two thirds and one third remain.
    const seen = frequencies(1, 0.6, 20_000);
    expect(seen[1]).toBe(0);
    expect(seen[3]).toBe(0);
    expect(seen[2]).toBeCloseTo(2 / 3, 1.7);
  });

  test("with a tiny top-p is greedy", () => {
    expect(frequencies(2, 0.001, 500)).toEqual([0, 0, 1, 0]);
  });

  test("survives temperatures near 0 and logits of any size", () => {
    const sample = createSampler({ temperature: 1e-6, topP: 0.9, seed: 3 });
    expect(sample(Float32Array.of(-3e30, 1e30, 2e30))).toBe(2);
  });

  test("repeats with its seed", () => {
    const run = (seed: number) => {
      const sample = createSampler({ temperature: 1, topP: 1, seed });
      return Array.from({ length: 32 }, () => sample(LOGITS));
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });
});
