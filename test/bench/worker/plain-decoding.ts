import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { Backend, BackendSession } from "../../../src/engine/backends/backend.ts";
import { decodeGreedily, emptyCache, keepCache, presentOf, tokenFeeds } from "./greedy.ts";

/**
 * Greedy decoding with onnxruntime-web and nothing else: what the engine is measured against. Runs the prompt, then
 * `tokens` steps, and returns the ids decoded.
 */
export const decodePlainly = (
  backend: Backend,
  session: BackendSession,
  model: PreparedModel,
  prompt: readonly number[],
  tokens: number,
): Promise<number[]> => {
  const { logits } = model.io;
  const fetches = [logits, ...presentOf(model)];
  const cache = emptyCache(backend, model);
  const run = async (ids: readonly number[], past: number): Promise<Float32Array> => {
    const outputs = await session.run({ ...cache, ...tokenFeeds(backend, model, ids, past) }, fetches);
    keepCache(model, outputs, cache);
    return (outputs[logits]!.data as Float32Array).subarray(-model.dims.vocabulary);
  };
  return decodeGreedily(run, prompt, tokens);
};
