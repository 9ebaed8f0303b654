import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { OfflineTensor } from "../onnx/offline-session.ts";

/** Feeds of a graph by input name. */
export type Feeds = Record<string, OfflineTensor>;

const emptyFloats = (shape: readonly number[]): OfflineTensor => ({
  type: "float32",
  shape,
  data: new Float32Array(0),
});

const integers = (values: readonly number[]): OfflineTensor => ({
  type: "int64",
  shape: [1, values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** Every feed of a forward pass over `ids` with an empty cache, of the model's graph without patch inputs. */
export const modelFeeds = (model: PreparedModel, ids: readonly number[]): Feeds => {
  const { io, dims } = model;
  const feeds: Feeds = { [io.inputIds]: integers(ids) };
  if (io.attentionMask) feeds[io.attentionMask] = integers(ids.map(() => 1));
  if (io.positionIds) feeds[io.positionIds] = integers(ids.map((_, position) => position));
  for (const { pastKey, pastValue } of io.cache)
    for (const name of [pastKey, pastValue]) feeds[name] = emptyFloats([1, dims.kvHeads, 0, dims.headDim]);
  return feeds;
};
