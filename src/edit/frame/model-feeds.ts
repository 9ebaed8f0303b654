import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { OfflineTensor } from "../../onnx/offline-session.ts";

/** Feeds of a graph by input name. */
export type Feeds = Record<string, OfflineTensor>;

const emptyFloats = (shape: readonly number[]): OfflineTensor => ({
  type: "float32",
  shape,
  data: new Float32Array(0),
});

const integers = (rows: number, values: readonly number[]): OfflineTensor => ({
  type: "int64",
  shape: [rows, values.length / rows],
  data: BigInt64Array.from(values, BigInt),
});

/**
 * Every feed of a forward pass over `rows` of token ids with an empty cache, of the model's graph without patch
 * inputs. Shorter rows are filled up at their end, where a causal model sees nothing of it.
 */
export const batchFeeds = (model: PreparedModel, rows: readonly (readonly number[])[]): Feeds => {
  const { io, dims } = model;
  const length = Math.max(...rows.map((ids) => ids.length));
  const filled = rows.flatMap((ids) => [...ids, ...Array<number>(length - ids.length).fill(0)]);
  const feeds: Feeds = { [io.inputIds]: integers(rows.length, filled) };
  if (io.attentionMask)
    feeds[io.attentionMask] = integers(
      rows.length,
      filled.map(() => 1),
    );
  if (io.positionIds)
    feeds[io.positionIds] = integers(
      rows.length,
      filled.map((_, at) => at % length),
    );
  for (const { pastKey, pastValue } of io.cache)
    for (const name of [pastKey, pastValue])
      feeds[name] = emptyFloats([rows.length, dims.kvHeads, 0, dims.headDim]);
  return feeds;
};

/** The same for one row. */
export const modelFeeds = (model: PreparedModel, ids: readonly number[]): Feeds => batchFeeds(model, [ids]);

/** Those of `feeds` that a graph with inputs `names` takes. */
export const selectFeeds = (feeds: Feeds, names: readonly string[]): Feeds =>
  Object.fromEntries(names.map((name) => [name, feeds[name]!]));
