/** How fast the moments forget, and what keeps the division finite. */
export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What Adam and AdamW remember: both moments of the gradient, and how many steps made them. */
export interface AdamState<Floats extends Float32Array | Float64Array = Float32Array> {
  /** First moment: running mean of the gradient. */
  readonly mean: Floats;
  /** Second moment: running mean of its square. */
  readonly square: Floats;
  /** Steps taken. */
  step: number;
}

/** Counts a step in `state`; returns what the moments are multiplied by to undo their start at zero. */
export const countStep = (
  state: AdamState<Float32Array | Float64Array>,
  { beta1, beta2 }: AdamSettings,
): { readonly meanScale: number; readonly squareScale: number } => {
  state.step++;
  return { meanScale: 1 / (1 - beta1 ** state.step), squareScale: 1 / (1 - beta2 ** state.step) };
};

/** The paper's settings, and PyTorch's. */
const SETTINGS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on a small vector, bias-corrected, epsilon outside the square root as
 * PyTorch has it. No decay: an edit's values are pulled nowhere but to the target.
 */
export class Adam {
  readonly #state: AdamState<Float64Array>;
  readonly #learningRate: number;

  constructor(size: number, learningRate: number) {
    this.#state = { mean: new Float64Array(size), square: new Float64Array(size), step: 0 };
    this.#learningRate = learningRate;
  }

  /** Moves `values` in place against `gradient`. */
  step(values: Float32Array, gradient: Float32Array): void {
    const { beta1, beta2, epsilon } = SETTINGS;
    const { mean, square } = this.#state;
    const { meanScale, squareScale } = countStep(this.#state, SETTINGS);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * square[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      square[i] = v;
      values[i]! -= (this.#learningRate * m * meanScale) / (Math.sqrt(v * squareScale) + epsilon);
    }
  }
}
