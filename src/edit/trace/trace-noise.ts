import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { createRandom, drawNormal } from "../../optim/random.ts";

/** Standard deviations of the subjects' embeddings that the noise has: rule "s3" of the reference code. */
export const NOISE_DEVIATIONS = 3;

/**
 * The standard deviation of the embeddings [vocabulary, width] of all tokens of `subjects`, over tokens and
 * dimensions together.
 */
export const embeddingDeviation = (
  subjects: readonly string[],
  tokenizer: Tokenizer,
  embedding: Float32Array,
  width: number,
): number => {
  let [count, sum, squares] = [0, 0, 0];
  for (const subject of subjects)
    for (const id of tokenizer.encode(subject))
      for (const value of embedding.subarray(id * width, (id + 1) * width)) {
        count++;
        sum += value;
        squares += value * value;
      }
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
};

/** `count` normal numbers of standard deviation `deviation`, the same for the same seed. */
export const normalNoise = (count: number, deviation: number, seed: number): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => deviation * drawNormal(random));
};
