/** A source of uniform numbers in [0, 1). */
export type Random = () => number;
/**
 * mulberry32 (Tommy Ettinger, 2017): 32 bits of state, period 2^32, equal sequences for equal seeds on every
 * machine. Ample for sampling one answer; not for cryptography. Only the seed's low 32 bits count.
 */
export declare const createRandom: (seed: number) => Random;
