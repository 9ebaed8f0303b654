import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { CodebookBinding } from "../../../src/core/patch/kinds/codebook.ts";
import type { Backend, BackendSession, Tensors } from "../../../src/engine/backends/backend.ts";
import { CodebookChain } from "../../../src/engine/patching/codebook-chain.ts";
import { IN_GRAPH_INPUTS, IN_GRAPH_OUTPUTS } from "../alternatives/in-graph-names.ts";
import type { MeasureReply } from "../variant.ts";
import { chainOf } from "./chain-of.ts";
import { decodeGreedily, emptyCache, keepCache, presentOf, tokenFeeds } from "./greedy.ts";

/** One row: a zero key with a radius. */
const rowFeeds = (backend: Backend, value: Float32Array, radius: number): Tensors => ({
  [IN_GRAPH_INPUTS.keys_t]: backend.tensor(new Float32Array(value.length), [value.length, 1]),
  [IN_GRAPH_INPUTS.key_norms]: backend.tensor(new Float32Array(1), [1]),
  [IN_GRAPH_INPUTS.values]: backend.tensor(value, [1, value.length]),
  [IN_GRAPH_INPUTS.radii]: backend.tensor(Float32Array.of(radius), [1]),
});

/** The whole codebook in the layout that the graph wants; made once for each. */
const wholeFeeds = async (backend: Backend, codebook: CodebookBinding): Promise<Tensors> => {
  const { size, width, keys, radii } = codebook;
  const transposed = new Float32Array(width * size);
  const norms = new Float32Array(size);
  const values = new Float32Array(size * width);
  let entry = 0;
  for (const part of keys)
    for (let start = 0; start < part.length; start += width) {
      for (let axis = 0; axis < width; axis++) {
        const coordinate = part[start + axis]!;
        transposed[axis * size + entry] = coordinate;
        norms[entry]! += coordinate * coordinate;
      }
      const chain = await chainOf(codebook, entry);
      values.set(chain.values.subarray(0, width), entry * width);
      entry += 1;
    }
  return {
    [IN_GRAPH_INPUTS.keys_t]: backend.tensor(transposed, [width, size]),
    [IN_GRAPH_INPUTS.key_norms]: backend.tensor(norms, [size]),
    [IN_GRAPH_INPUTS.values]: backend.tensor(values, [size, width]),
    [IN_GRAPH_INPUTS.radii]: backend.tensor(radii, [size]),
  };
};

const known = new WeakMap<CodebookBinding, Tensors>();

/** Greedy decoding with a graph that searches its codebook in prefill; a step feeds one row, the chain's or a dummy. */
export const decodeInGraph = async (
  backend: Backend,
  session: BackendSession,
  model: PreparedModel,
  codebook: CodebookBinding,
  prompt: readonly number[],
  tokens: number,
): Promise<MeasureReply> => {
  const whole = known.get(codebook) ?? (await wholeFeeds(backend, codebook));
  known.set(codebook, whole);
  const { logits } = model.io;
  const fetches = [logits, ...presentOf(model)];
  const cache = emptyCache(backend, model);
  const dummy = rowFeeds(backend, new Float32Array(codebook.width), -1);
  const run = async (rows: Tensors, ids: readonly number[], past: number, asked: readonly string[]) => {
    const outputs = await session.run({ ...cache, ...tokenFeeds(backend, model, ids, past), ...rows }, asked);
    keepCache(model, outputs, cache);
    return outputs;
  };
  let chain: { readonly chain: CodebookChain; readonly rows: Tensors } | null = null;
  const prefill = async (ids: readonly number[]): Promise<Tensors> => {
    const outputs = await run(whole, ids, 0, [...fetches, ...Object.values(IN_GRAPH_OUTPUTS)]);
    const index = Number(outputs[IN_GRAPH_OUTPUTS.index]!.data[0]);
    if (Number(outputs[IN_GRAPH_OUTPUTS.distance]!.data[0]) > codebook.radii[index]!) return outputs;
    const found = new CodebookChain(await chainOf(codebook, index), codebook.width);
    chain = { chain: found, rows: rowFeeds(backend, found.value, Number.POSITIVE_INFINITY) };
    hit = true;
    return outputs;
  };
  const step = (id: number, past: number): Promise<Tensors> => {
    if (chain !== null && !chain.chain.advance(id)) chain = null;
    return run(chain?.rows ?? dummy, [id], past, fetches);
  };
  let hit = false;
  const answer = await decodeGreedily(
    async (ids, past) => {
      const outputs = await (past === 0 ? prefill(ids) : step(ids[0]!, past));
      return (outputs[logits]!.data as Float32Array).subarray(-model.dims.vocabulary);
    },
    prompt,
    tokens,
  );
  return { answer, hit, fired: null };
};
