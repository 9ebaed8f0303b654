import type { Hook, PreparedModel } from "../core/model/prepared-model.ts";
import type { OfflineTensor } from "../onnx/offline-session.ts";

/** Feeds of a graph by input name. */
export type Feeds = Record<string, OfflineTensor>;

const floats = (shape: readonly number[], fill = 0): OfflineTensor => ({
  type: "float32",
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(fill),
});

const integers = (values: readonly number[]): OfflineTensor => ({
  type: "int64",
  shape: [1, values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** One dummy row for a hook that nothing is attached to (design: never an empty tensor). */
const absentPatch = (hook: Hook): Feeds => {
  switch (hook.kind) {
    case "low-rank":
      return { [hook.inputs.A]: floats([hook.in, 1]), [hook.inputs.B]: floats([1, hook.out]) };
    case "neurons":
      return {
        [hook.inputs.K]: floats([hook.width, 1]),
        [hook.inputs.b]: floats([1]),
        [hook.inputs.V]: floats([1, hook.width]),
      };
    case "codebook":
      return {
        [hook.inputs.keys_t]: floats([hook.width, 1]),
        [hook.inputs.key_norms]: floats([1]),
        [hook.inputs.values]: floats([1, hook.width]),
        [hook.inputs.radii]: floats([1], -1),
      };
  }
};

/** Every feed of a forward pass over `ids` with an empty cache and nothing attached. */
export const modelFeeds = (model: PreparedModel, ids: readonly number[]): Feeds => {
  const { io, dims } = model;
  const feeds: Feeds = { [io.inputIds]: integers(ids) };
  if (io.attentionMask) feeds[io.attentionMask] = integers(ids.map(() => 1));
  if (io.positionIds) feeds[io.positionIds] = integers(ids.map((_, position) => position));
  for (const { pastKey, pastValue } of io.cache)
    for (const name of [pastKey, pastValue]) feeds[name] = floats([1, dims.kvHeads, 0, dims.headDim]);
  for (const hook of model.hooks) Object.assign(feeds, absentPatch(hook));
  return feeds;
};
