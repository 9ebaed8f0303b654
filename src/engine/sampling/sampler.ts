import { createRandom } from "../../optim/random.ts";

/** How the next token is chosen. */
export interface SamplingOptions {
  /** 0 takes the most probable token; otherwise logits are divided by it. */
  readonly temperature: number;
  /** Only the most probable tokens that together reach this probability take part; in (0, 1]. */
  readonly topP: number;
  readonly seed: number;
}

/** Chooses a token id from logits [vocabulary]. */
export type Sampler = (logits: Float32Array) => number;

/** Index of the largest value; the first of equals. */
export const argMax = (values: Float32Array): number => {
  let best = 0;
  let peak = values[0]!;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value > peak) {
      best = i;
      peak = value;
    }
  }
  return best;
};

/** Writes the softmax of `logits / temperature` into `probabilities`. */
const softmaxInto = (probabilities: Float32Array, logits: Float32Array, temperature: number): void => {
  const peak = logits[argMax(logits)]!;
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i]! - peak) / temperature);
    probabilities[i] = weight;
    total += weight;
  }
  for (let i = 0; i < logits.length; i++) probabilities[i]! /= total;
};

/** The probability of the least probable token that nucleus sampling keeps; `sorted` is scratch of equal size. */
const nucleusFloor = (probabilities: Float32Array, sorted: Float32Array, topP: number): number => {
  sorted.set(probabilities);
  sorted.sort();
  let mass = 0;
  for (let i = sorted.length - 1; i > 0; i--) {
    mass += sorted[i]!;
    if (mass >= topP) return sorted[i]!;
  }
  return 0;
};

/** Draws an index with probability proportional to its weight, among weights of at least `floor`. */
const draw = (weights: Float32Array, floor: number, uniform: number): number => {
  let total = 0;
  for (const weight of weights) if (weight >= floor) total += weight;
  let left = uniform * total;
  let chosen = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! < floor || weights[i] === 0) continue;
    chosen = i;
    left -= weights[i]!;
    if (left < 0) break;
  }
  return chosen;
};

/**
 * A sampler for one answer: greedy at temperature 0, else temperature and nucleus sampling (Holtzman et al. 2020,
 * "The Curious Case of Neural Text Degeneration", section 3.1) with one draw of the seeded generator a token.
 * Tokens exactly as probable as the nucleus's last one are kept too, so the choice needs no order among equals.
 */
export const createSampler = ({ temperature, topP, seed }: SamplingOptions): Sampler => {
  if (temperature === 0) return argMax;
  const random = createRandom(seed);
  let probabilities = new Float32Array(0);
  let sorted = new Float32Array(0);
  return (logits) => {
    if (probabilities.length !== logits.length) {
      probabilities = new Float32Array(logits.length);
      sorted = new Float32Array(logits.length);
    }
    softmaxInto(probabilities, logits, temperature);
    const floor = topP < 1 ? nucleusFloor(probabilities, sorted, topP) : 0;
    return draw(probabilities, floor, random());
  };
};
