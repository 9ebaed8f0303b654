import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { Backend, Tensors } from "../../../src/engine/backends/backend.ts";

/** Runs tokens behind `past` others and gives the logits after the last [vocabulary]. */
export type RunTokens = (ids: readonly number[], past: number) => Promise<Float32Array>;

const argmax = (logits: Float32Array): number => {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
};

/** Greedy decoding: runs the prompt, then `tokens` steps, and returns the ids decoded. */
export const decodeGreedily = async (
  run: RunTokens,
  prompt: readonly number[],
  tokens: number,
): Promise<number[]> => {
  const decoded: number[] = [];
  let next = argmax(await run(prompt, 0));
  for (let position = prompt.length; decoded.length < tokens; position++) {
    decoded.push(next);
    if (decoded.length < tokens) next = argmax(await run([next], position));
  }
  return decoded;
};

/** The cache before the first token. */
export const emptyCache = (backend: Backend, { io, dims: { kvHeads, headDim } }: PreparedModel): Tensors =>
  Object.fromEntries(
    io.cache
      .flatMap(({ pastKey, pastValue }) => [pastKey, pastValue])
      .map((name) => [name, backend.tensor(new Float32Array(0), [1, kvHeads, 0, headDim])]),
  );

/** A model's inputs but for the cache. */
export const tokenFeeds = (
  backend: Backend,
  { io }: PreparedModel,
  ids: readonly number[],
  past: number,
): Tensors => {
  const int64 = (values: readonly number[]) =>
    backend.tensor(BigInt64Array.from(values, BigInt), [1, values.length]);
  const feeds: Tensors = { [io.inputIds]: int64(ids) };
  if (io.attentionMask !== null) feeds[io.attentionMask] = int64(Array(past + ids.length).fill(1));
  if (io.positionIds !== null) feeds[io.positionIds] = int64(ids.map((_, index) => past + index));
  return feeds;
};

/** Lets the next run go on from what `outputs` left. */
export const keepCache = ({ io }: PreparedModel, outputs: Tensors, cache: Tensors): void => {
  for (const { pastKey, pastValue, presentKey, presentValue } of io.cache) {
    cache[pastKey] = outputs[presentKey]!;
    cache[pastValue] = outputs[presentValue]!;
  }
};

/** Every output of the cache. */
export const presentOf = ({ io }: PreparedModel): string[] =>
  io.cache.flatMap(({ presentKey, presentValue }) => [presentKey, presentValue]);
