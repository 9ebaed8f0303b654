import type { CodebookHook, PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { CodebookBinding } from "../../../src/core/patch/kinds/codebook.ts";
import type { Backend, BackendSession, Tensors } from "../../../src/engine/backends/backend.ts";
import { CodebookChain } from "../../../src/engine/patching/codebook-chain.ts";
import type { KeySearch } from "../../../src/engine/search/key-search.ts";
import type { MeasureReply } from "../variant.ts";
import { chainOf } from "./chain-of.ts";
import { decodeGreedily, emptyCache, keepCache, presentOf, tokenFeeds } from "./greedy.ts";

/** The model in two graphs, cut where the codebook acts. */
export interface SplitModel {
  readonly model: PreparedModel;
  readonly hook: CodebookHook;
  readonly head: BackendSession;
  readonly tail: BackendSession;
}

const inputsOf = ({ model: { io }, hook }: SplitModel) => {
  const cached = io.cache.map(({ pastKey, pastValue }) => [pastKey, pastValue]);
  return { head: cached.slice(0, hook.layer + 1).flat(), tail: cached.slice(hook.layer + 1).flat() };
};

const select = (tensors: Tensors, names: readonly string[]): Tensors =>
  Object.fromEntries(names.map((name) => [name, tensors[name]!]));

/**
 * Greedy decoding through two sessions: the state between them is searched for outside, and replaced there, so nothing
 * runs twice; every token pays for the second run and for the state's way through JavaScript. Serves a codebook on the
 * last block, whose second graph takes the state alone.
 */
export const decodeSplit = async (
  backend: Backend,
  split: SplitModel,
  search: KeySearch,
  codebook: CodebookBinding,
  prompt: readonly number[],
  tokens: number,
): Promise<MeasureReply> => {
  const { model, hook } = split;
  const { logits } = model.io;
  const stream = hook.tensors.input;
  const inputs = inputsOf(split);
  if (inputs.tail.length > 0) throw new Error("the split is measured at the last block only");
  const cache = emptyCache(backend, model);
  let chain: CodebookChain | null = null;
  let hit = false;
  const consult = async (state: Float32Array): Promise<void> => {
    const { index, distance } = search.nearest(codebook, state);
    hit = distance <= codebook.radii[index]!;
    if (hit) chain = new CodebookChain(await chainOf(codebook, index), hook.width);
  };
  const answer = await decodeGreedily(
    async (ids, past) => {
      if (past > 0 && chain !== null && !chain.advance(ids[0]!)) chain = null;
      const feeds = { ...select(cache, inputs.head), ...tokenFeeds(backend, model, ids, past) };
      const outputs = await split.head.run(feeds, [stream, ...presentOf(model)]);
      keepCache(model, outputs, cache);
      const states = outputs[stream]!.data as Float32Array;
      if (past === 0) await consult(states.subarray(-hook.width));
      if (chain !== null) states.set(chain.value, states.length - hook.width);
      const ended = await split.tail.run({ [stream]: outputs[stream]! }, [logits]);
      return (ended[logits]!.data as Float32Array).subarray(-model.dims.vocabulary);
    },
    prompt,
    tokens,
  );
  return { answer, hit, fired: null };
};
