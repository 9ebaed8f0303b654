import type { Neurons } from "../../../src/edit/neurons/neurons.ts";

/** `count` numbers between -1 and 1 that look like nothing in particular, the same for the same `seed`. */
export const waves = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233 * (1 + seed / 10)));

const along = (part: Float32Array, seed: number, step: number): Float32Array =>
  part.map((value, i) => value + step * waves(part.length, seed)[i]!);

/** The neurons moved by `step` along a direction that `seed` names. */
export const shifted = (
  { keys, biases, values, ...shape }: Neurons,
  seed: number,
  step: number,
): Neurons => ({
  ...shape,
  keys: along(keys, seed, step),
  biases: along(biases, seed + 1, step),
  values: along(values, seed + 2, step),
});

const dot = (part: Float32Array, seed: number): number => {
  const direction = waves(part.length, seed);
  return part.reduce((sum, value, i) => sum + value * direction[i]!, 0);
};

/** What a gradient says of a step along that direction. */
export const slopeAlong = ({ keys, biases, values }: Neurons, seed: number): number =>
  dot(keys, seed) + dot(biases, seed + 1) + dot(values, seed + 2);
