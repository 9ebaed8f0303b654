const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on a small vector, bias-corrected, epsilon outside the square root as
 * PyTorch has it. No decay: an edit's values are pulled nowhere but to the target.
 */
export class Adam {
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  readonly #learningRate: number;
  #step = 0;

  constructor(size: number, learningRate: number) {
    this.#mean = new Float64Array(size);
    this.#square = new Float64Array(size);
    this.#learningRate = learningRate;
  }

  /** Moves `values` in place against `gradient`. */
  step(values: Float32Array, gradient: Float32Array): void {
    this.#step += 1;
    const meanScale = 1 / (1 - BETA1 ** this.#step);
    const squareScale = 1 / (1 - BETA2 ** this.#step);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      const mean = BETA1 * this.#mean[i]! + (1 - BETA1) * g;
      const square = BETA2 * this.#square[i]! + (1 - BETA2) * g * g;
      this.#mean[i] = mean;
      this.#square[i] = square;
      values[i]! -= (this.#learningRate * mean * meanScale) / (Math.sqrt(square * squareScale) + EPSILON);
    }
  }
}
