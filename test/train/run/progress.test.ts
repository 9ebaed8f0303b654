import { expect, it } from "vitest";
import { createProgressMeter, formatProgress } from "../../../src/train/run/progress.ts";

it("measures the pace of this process, not of the steps before it was resumed", () => {
  let milliseconds = 5000;
  const meter = createProgressMeter(0.5, () => milliseconds);
  milliseconds += 10_000;
  // A tenth of the run in ten seconds leaves forty for the other four.
  const { loss, tokensPerSecond, secondsLeft } = meter.measure(2000, 0.6, [5, 3, 1]);
  expect([loss, tokensPerSecond]).toEqual([3, 200]);
  expect(secondsLeft).toBeCloseTo(40, 6);
});

it("fits on one line", () => {
  const progress = { epoch: 1, epochs: 16, step: 240, loss: 4.18276, learningRate: 1e-3 };
  expect(formatProgress({ ...progress, tokensPerSecond: 2548.4, secondsLeft: 125 })).toBe(
    "epoch 2/16  step 240  loss 4.1828  2548 tokens/s  2:05 left",
  );
});
