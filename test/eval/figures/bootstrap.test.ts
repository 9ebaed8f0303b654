import { describe, expect, it } from "vitest";
import { bootstrap } from "../../../src/eval/figures/bootstrap.ts";
import { harmonicMean } from "../../../src/eval/figures/metrics.ts";

const meanOf = (values: readonly number[]) => (sample: readonly number[]) =>
  sample.length === 0 ? null : sample.reduce((sum, index) => sum + values[index]!, 0) / sample.length;

/** `ones` of `size` cases succeed. */
const shares = (ones: number, size: number) =>
  Array.from({ length: size }, (_, index) => (index < ones ? 1 : 0));

const intervalOf = (values: readonly number[], seed = 0) => bootstrap(values.length, meanOf(values), seed)!;

describe("a bootstrap interval", () => {
  it("of cases that are all alike is their value", () => {
    expect(intervalOf([1, 1, 1, 1])).toEqual({ mean: 1, low: 1, high: 1 });
  });

  it("of a share is that of the binomial distribution, to what 1,000 resamples can tell", () => {
    // 80 of 100: the 2.5 % and 97.5 % quantiles of Binomial(100, 0.8) / 100 are 0.72 and 0.87.
    const { mean, low, high } = intervalOf(shares(80, 100));
    expect(mean).toBe(0.8);
    expect(Math.abs(low - 0.72)).toBeLessThanOrEqual(0.011);
    expect(Math.abs(high - 0.87)).toBeLessThanOrEqual(0.011);
  });

  it("of many values is the normal one: 1.96 standard errors on each side", () => {
    const values = Array.from({ length: 400 }, (_, index) => index % 20);
    const error = Math.sqrt((20 ** 2 - 1) / 12 / 400);
    const { mean, low, high } = intervalOf(values);
    expect(mean).toBe(9.5);
    expect((mean - low) / error).toBeCloseTo(1.96, 0);
    expect((high - mean) / error).toBeCloseTo(1.96, 0);
  });

  it("narrows with the root of the number of cases", () => {
    const width = (size: number) => {
      const { low, high } = intervalOf(shares(size / 2, size));
      return high - low;
    };
    expect(width(100) / width(1600)).toBeGreaterThan(3.5);
    expect(width(100) / width(1600)).toBeLessThan(4.5);
  });

  it("is the same from the same seed, and another from another", () => {
    const values = Array.from({ length: 50 }, (_, index) => index ** 2);
    expect(intervalOf(values, 1)).toEqual(intervalOf(values, 1));
    expect(intervalOf(values, 1)).not.toEqual(intervalOf(values, 2));
  });

  it("of a harmonic mean draws cases, not its parts: parts that move together stay together", () => {
    const values = shares(30, 60);
    const together = bootstrap(
      60,
      (sample) => {
        const mean = meanOf(values)(sample);
        return harmonicMean([mean, mean, mean]);
      },
      3,
    )!;
    const single = intervalOf(values, 3);
    expect(together.low).toBeCloseTo(single.low, 12);
    expect(together.high).toBeCloseTo(single.high, 12);
  });

  it("leaves out resamples that have no value, and has none where there is no case", () => {
    const first = (sample: readonly number[]) => (sample.includes(0) ? 1 : null);
    expect(bootstrap(5, first, 0)).toEqual({ mean: 1, low: 1, high: 1 });
    expect(bootstrap(0, meanOf([]), 0)).toBeNull();
  });
});
