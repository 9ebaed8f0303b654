import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { Backend, BackendSession, Tensors } from "../../../src/engine/backends/backend.ts";

const argmax = (logits: Float32Array): number => {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
};

/**
 * Greedy decoding with onnxruntime-web and nothing else: what the engine is measured against. Runs the prompt, then
 * `tokens` steps, and returns the ids decoded.
 */
export const decodePlainly = async (
  backend: Backend,
  session: BackendSession,
  { io, dims }: PreparedModel,
  prompt: readonly number[],
  tokens: number,
): Promise<number[]> => {
  const { kvHeads, headDim } = dims;
  const fetches = [
    io.logits,
    ...io.cache.flatMap(({ presentKey, presentValue }) => [presentKey, presentValue]),
  ];
  const int64 = (values: readonly number[]) =>
    backend.tensor(BigInt64Array.from(values, BigInt), [1, values.length]);
  const cache: Tensors = Object.fromEntries(
    io.cache
      .flatMap(({ pastKey, pastValue }) => [pastKey, pastValue])
      .map((name) => [name, backend.tensor(new Float32Array(0), [1, kvHeads, 0, headDim])]),
  );
  const run = async (ids: readonly number[], past: number): Promise<number> => {
    const feeds: Tensors = { ...cache, [io.inputIds]: int64(ids) };
    if (io.attentionMask !== null) feeds[io.attentionMask] = int64(Array(past + ids.length).fill(1));
    if (io.positionIds !== null) feeds[io.positionIds] = int64(ids.map((_, index) => past + index));
    const outputs = await session.run(feeds, fetches);
    for (const { pastKey, pastValue, presentKey, presentValue } of io.cache) {
      cache[pastKey] = outputs[presentKey]!;
      cache[pastValue] = outputs[presentValue]!;
    }
    return argmax((outputs[io.logits]!.data as Float32Array).subarray(-dims.vocabulary));
  };
  const decoded: number[] = [];
  let next = await run(prompt, 0);
  for (let position = prompt.length; decoded.length < tokens; position++) {
    decoded.push(next);
    if (decoded.length < tokens) next = await run([next], position);
  }
  return decoded;
};
