import { type AdamSettings, type AdamState, countStep } from "./adam.ts";

/** A range of a flat vector of weights. */
export interface WeightRange {
  readonly offset: number;
  readonly size: number;
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/** Adam's settings, and the share of a weight that decays a step, before the learning rate. */
export interface AdamWSettings extends AdamSettings {
  readonly weightDecay: number;
}

/** The state before the first step, for `size` weights; moments in float32, as they are as many as the weights. */
export const initialAdamState = (size: number): AdamState => ({
  mean: new Float32Array(size),
  square: new Float32Array(size),
  step: 0,
});

/**
 * One step of AdamW (Loshchilov & Hutter 2019, algorithm 2), in place: with m̂ = m / (1 − β1ᵗ), v̂ = v / (1 − β2ᵗ),
 * w ← w − η (m̂ / (√v̂ + ε) + λ w), where λ is 0 for weights that do not decay.
 */
export const adamWStep = (
  weights: Float32Array,
  gradients: Float32Array,
  state: AdamState,
  ranges: readonly WeightRange[],
  settings: AdamWSettings,
  learningRate: number,
): void => {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const { mean, square } = state;
  const { meanScale, squareScale } = countStep(state, settings);
  for (const { offset, size, decays } of ranges) {
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
