/** A seeded source of pseudo-random numbers: equal seeds give equal sequences on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits fine. */
  next(): number;
  /** Uniform over 0 … `count` - 1. */
  below(count: number): number;
  /** Standard normal, by the Box-Muller transform. */
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
 * unrelated sequences, so a resumed run needs no saved generator state. The generator is mulberry32.
 */
export const randomFor = (...parts: readonly (string | number)[]): Random => {
  let state = hash32(parts.join("\u0000"));
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (count) => Math.floor(next() * count),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
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
