/**
 * mulberry32 (Tommy Ettinger, 2017), uniform in [0, 1): 32 bits of state, period 2^32, equal sequences for equal seeds
 * on every machine. Ample for sampling and shuffling; not for cryptography. Only the seed's low 32 bits count.
 */
export const createRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A standard normal number out of two uniform ones, by the Box-Muller transform. */
export const drawNormal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** A seeded source of numbers of several kinds. */
export interface Random {
  /** Uniform in [0, 1), 32 bits fine. */
  next(): number;
  /** Uniform over 0 … `count` - 1. */
  below(count: number): number;
  /** Standard normal. */
  normal(): number;
}

/** FNV-1a over UTF-16 code units: turns a seed's text into 32 bits. */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/**
 * The generator named by `parts`, such as `randomFor(seed, "epoch", 3)`: any two different names give
 * unrelated sequences, so a resumed run needs no saved generator state.
 */
export const randomFor = (...parts: readonly (string | number)[]): Random => {
  const next = createRandom(hash32(parts.join("\u0000")));
  return {
    next,
    below: (count) => Math.floor(next() * count),
    normal: () => drawNormal(next),
  };
};

/** A shuffled copy of `items` (Fisher-Yates). */
export const shuffled = <Item>(items: readonly Item[], random: Random): Item[] => {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
};
