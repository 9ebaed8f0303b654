import { randomFor } from "../../optim/random.ts";
import type { Estimate, Interval } from "../report.ts";

/** How often the cases are drawn again. */
const RESAMPLES = 1000;

/** The interval holds this share of the resampled figures, half of the rest on each side. */
const CONFIDENCE = 0.95;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.round(share * (sorted.length - 1))]!;

/**
 * A figure of `size` cases with its percentile bootstrap interval (Efron 1979): `statistic` of the cases as they are,
 * and of as many drawn with replacement, again and again. `statistic` takes indices of cases; a resample for which
 * it is null is left out. Null where the figure itself is. Deterministic from the seed.
 */
export const bootstrap = (
  size: number,
  statistic: (sample: readonly number[]) => number | null,
  seed: number,
): Estimate | null => {
  const mean = statistic(Array.from({ length: size }, (_, index) => index));
  if (mean === null) return null;
  const random = randomFor(seed, "bootstrap");
  const resampled: number[] = [];
  for (let n = 0; n < RESAMPLES; n++) {
    const figure = statistic(Array.from({ length: size }, () => random.below(size)));
    if (figure !== null) resampled.push(figure);
  }
  if (resampled.length === 0) return { mean, low: mean, high: mean };
  resampled.sort((a, b) => a - b);
  const tail = (1 - CONFIDENCE) / 2;
  return { mean, low: quantile(resampled, tail), high: quantile(resampled, 1 - tail) };
};

/** The interval of an estimate, for a figure that stands beside it. */
export const intervalOf = (estimate: Estimate | null): Interval | null =>
  estimate && { low: estimate.low, high: estimate.high };

/** The estimate of `statistic` over `values`; null of none. Deterministic from the seed. */
export const estimateOf = (
  values: readonly number[],
  statistic: (values: readonly number[]) => number | null,
  seed: number,
): Estimate | null =>
  values.length === 0
    ? null
    : bootstrap(values.length, (sample) => statistic(sample.map((index) => values[index]!)), seed);
