import type { PreparedModel } from "./prepared-model.ts";

/** What the shape of a model's cache depends on. */
interface CachedModel extends Pick<PreparedModel, "io"> {
  readonly dims: Pick<PreparedModel["dims"], "kvHeads" | "headDim">;
}

/** A tensor of the cache: the graph's input, and the output that takes its place in the next run. */
export interface CacheTensor {
  readonly past: string;
  readonly present: string;
}

/** Every tensor of the cache, each once: keys and values of every layer, or one of both where they are stacked. */
export const cacheTensors = ({ io }: CachedModel): readonly CacheTensor[] =>
  io.cache.flatMap(({ pastKey, pastValue, presentKey, presentValue }) => {
    const keys = { past: pastKey, present: presentKey };
    return io.cacheForm === "stacked" ? [keys] : [keys, { past: pastValue, present: presentValue }];
  });

/** The shape of a cache tensor of `rows` sequences that holds `length` tokens. */
export const cacheShape = ({ dims, io }: CachedModel, rows: number, length: number): readonly number[] => {
  const shape = [rows, dims.kvHeads, length, dims.headDim];
  return io.cacheForm === "stacked" ? [2, ...shape] : shape;
};

/** The axis of a cache tensor that counts sequences; two further on is the one that counts tokens. */
export const cacheRowAxis = ({ io }: CachedModel): number => (io.cacheForm === "stacked" ? 1 : 0);
