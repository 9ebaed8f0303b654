import { createRandom, drawNormal } from "../../../src/optim/random.ts";

/** Draws lists of standard normal numbers that are the same for the same seed. */
export const seededNormals = (seed: number): ((count: number) => number[]) => {
  const uniform = createRandom(seed);
  return (count) => Array.from({ length: count }, () => drawNormal(uniform));
};
