import { describe, expect, it } from "vitest";
import { adamWStep, initialAdamState } from "../../src/optim/adamw.ts";
import { clipGlobalNorm } from "../../src/optim/clip-global-norm.ts";
import type { Parameter } from "../../src/train/decoder/parameters.ts";

const parameter = (offset: number, decays: boolean): Parameter => ({
  name: `p${offset}`,
  shape: [1],
  offset,
  size: 1,
  decays,
  start: { constant: 0 },
});

const SETTINGS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

describe("an AdamW step", () => {
  it("moves the first time by the learning rate against the gradient's sign, plus decay", () => {
    // m̂ = g and v̂ = g² after one step, so m̂/√v̂ = sign g; decay takes 0.01 · 0.1 of the weight.
    const weights = Float32Array.of(2, 2);
    const parameters = [parameter(0, true), parameter(1, false)];
    adamWStep(weights, Float32Array.of(0.5, -0.5), initialAdamState(2), parameters, SETTINGS, 0.01);
    expect(weights[0]).toBeCloseTo(2 - 0.01 - 0.01 * 0.1 * 2, 6);
    expect(weights[1]).toBeCloseTo(2.01, 6);
  });

  it("follows the equations over several steps", () => {
    const weights = Float32Array.of(1);
    const state = initialAdamState(1);
    const gradients = [0.3, -0.1, 0.7, 0.2];
    let [m, v, w] = [0, 0, 1];
    for (const [index, g] of gradients.entries()) {
      adamWStep(weights, Float32Array.of(g), state, [parameter(0, true)], SETTINGS, 0.02);
      m = 0.9 * m + 0.1 * g;
      v = 0.99 * v + 0.01 * g * g;
      const corrected = m / (1 - 0.9 ** (index + 1)) / (Math.sqrt(v / (1 - 0.99 ** (index + 1))) + 1e-8);
      w -= 0.02 * (corrected + 0.1 * w);
      expect(weights[0]).toBeCloseTo(w, 6);
    }
    expect(state.step).toBe(4);
  });
});

describe("clipping", () => {
  it("scales a long gradient down to the limit and returns the norm it had", () => {
    const gradients = Float32Array.of(3, 4);
    expect(clipGlobalNorm(gradients, 1)).toBe(5);
    expect(gradients[0]).toBeCloseTo(0.6, 6);
    expect(gradients[1]).toBeCloseTo(0.8, 6);
  });

  it("leaves a short one alone", () => {
    const gradients = Float32Array.of(0.3, 0.4);
    clipGlobalNorm(gradients, 1);
    expect([...gradients]).toEqual([...Float32Array.of(0.3, 0.4)]);
  });
});
