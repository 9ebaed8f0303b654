import fc from "fast-check";
import { expect, test } from "vitest";
import { logSumExp, topIds } from "../../../src/engine/sampling/logprobs.ts";

const logits = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, min: -50, max: 50 });

test("log-probabilities over the vocabulary sum to probability 1", () => {
  fc.assert(
    fc.property(logits, (logits) => {
      const total = logSumExp(logits);
      const sum = [...logits].reduce((sum, logit) => sum + Math.exp(logit - total), 0);
      expect(sum).toBeCloseTo(1, 9);
    }),
  );
});

test("large logits do not overflow", () => {
  expect(logSumExp(Float32Array.of(1e6, 1e6))).toBeCloseTo(1e6 + Math.LN2, 6);
});

test("the alternatives are the largest logits in order, as a full sort gives them", () => {
  fc.assert(
    fc.property(logits, fc.integer({ min: 0, max: 45 }), (logits, count) => {
      const sorted = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
      expect(topIds(logits, count)).toEqual(sorted.slice(0, count));
    }),
  );
});
