/** Uniform numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const seededUniforms = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Draws lists of standard normal numbers that are the same for the same seed (Box and Muller). */
export const seededNormals = (seed: number): ((count: number) => number[]) => {
  const uniform = seededUniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return (count) => Array.from({ length: count }, normal);
};
