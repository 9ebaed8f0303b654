import { expect, it } from "vitest";
import { learningRateAt } from "../../src/optim/schedule.ts";

const SETTINGS = { learningRate: 1, warmUp: 4, finalShare: 0.1 };

it("rises linearly over the warm-up", () => {
  const rates = [0, 1, 2, 3].map((step) => learningRateAt(step, 0, SETTINGS));
  expect(rates).toEqual([0.25, 0.5, 0.75, 1]);
});

it("falls by half a cosine from the peak to the final share", () => {
  const rates = [0, 0.25, 0.5, 0.75, 1].map((progress) => learningRateAt(100, progress, SETTINGS));
  const expected = [1, 0.868198, 0.55, 0.231802, 0.1];
  for (const [i, rate] of rates.entries()) expect(rate).toBeCloseTo(expected[i]!, 6);
});
