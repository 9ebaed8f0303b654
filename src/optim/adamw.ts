import type { TrainConfig } from "../train/config.ts";
import type { Parameter } from "../train/parameters.ts";

/** The optimizer's memory: both moments of the gradient, and how many steps made them. */
export interface AdamState {
  /** First moment: running mean of the gradient. */
  readonly mean: Float32Array;
  /** Second moment: running mean of its square. */
  readonly square: Float32Array;
  /** Steps taken. */
  step: number;
}

/** The state before the first step, for `size` weights. */
export const initialAdamState = (size: number): AdamState => ({
  mean: new Float32Array(size),
  square: new Float32Array(size),
  step: 0,
});

/** Scales `gradients` down in place to a Euclidean norm of at most `limit`; returns the norm they had. */
export const clipGlobalNorm = (gradients: Float32Array, limit: number): number => {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!;
  const norm = Math.sqrt(sum);
  if (norm > limit) {
    const share = limit / norm;
    for (let i = 0; i < gradients.length; i++) gradients[i]! *= share;
  }
  return norm;
};

/**
 * One step of AdamW (Loshchilov & Hutter 2019, algorithm 2), in place: with m̂ = m / (1 − β1ᵗ), v̂ = v / (1 − β2ᵗ),
 * w ← w − η (m̂ / (√v̂ + ε) + λ w), where λ is 0 for parameters that do not decay.
 */
export const adamWStep = (
  weights: Float32Array,
  gradients: Float32Array,
  state: AdamState,
  parameters: readonly Parameter[],
  settings: Pick<TrainConfig["optimizer"], "beta1" | "beta2" | "epsilon" | "weightDecay">,
  learningRate: number,
): void => {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const { mean, square } = state;
  state.step++;
  const meanScale = 1 / (1 - beta1 ** state.step);
  const squareScale = 1 / (1 - beta2 ** state.step);
  for (const { offset, size, decays } of parameters) {
    const decay = decays ? weightDecay : 0;
    for (let i = offset; i < offset + size; i++) {
      const g = gradients[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * square[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = v;
      const w = weights[i]!;
      weights[i] = w - learningRate * ((m * meanScale) / (Math.sqrt(v * squareScale) + epsilon) + decay * w);
    }
  }
};
