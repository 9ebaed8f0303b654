import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { argMax } from "../../../src/engine/sampling/sampler.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { absentPatch, lastRow } from "../../onnx/support/run-decoder.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import type { GreedyTrace } from "./greedy-trace.ts";
import { tracedFeeds } from "./traced-patches.ts";
import { TRACED_PROMPT, TRACED_TOKENS } from "./traced-prompt.ts";

/** What every backend must come to on the tiny fixture: bare, and under `tracedPatches`. */
export interface ReferenceTraces {
  readonly bare: GreedyTrace;
  readonly patched: GreedyTrace;
}

type Feeds = Readonly<Record<string, OfflineTensor>>;

/** Feeds of a whole sequence from an empty cache. */
const sequenceFeeds = ({ io, dims }: PreparedFiles["model"], ids: readonly number[]): Feeds => {
  const empty = floatTensor([1, dims.kvHeads, 0, dims.headDim], new Float32Array(0));
  const shape = [1, ids.length];
  return {
    [io.inputIds]: integerTensor(shape, ids),
    ...(io.attentionMask && { [io.attentionMask]: integerTensor(shape, Array(ids.length).fill(1)) }),
    ...(io.positionIds && { [io.positionIds]: integerTensor(shape, [...ids.keys()]) }),
    ...Object.fromEntries(
      io.cache.flatMap(({ pastKey, pastValue }) => [
        [pastKey, empty],
        [pastValue, empty],
      ]),
    ),
  };
};

const trace = async (
  session: OfflineSession,
  model: PreparedFiles["model"],
  patch: Feeds,
): Promise<GreedyTrace> => {
  const traced: { ids: number[]; logits: number[][] } = { ids: [], logits: [] };
  for (let i = 0; i < TRACED_TOKENS; i++) {
    const feeds = { ...sequenceFeeds(model, [...TRACED_PROMPT, ...traced.ids]), ...patch };
    const row = lastRow((await session.run(feeds, [model.io.logits]))[model.io.logits]!);
    traced.logits.push([...row]);
    traced.ids.push(argMax(row));
  }
  return traced;
};

/**
 * Runs the graphs exactly as they are written, nothing fused, the whole sequence anew for each token and so without
 * what a cache could get wrong.
 */
export const referenceTraces = async ({
  model,
  graph,
  plain,
  weights,
}: PreparedFiles): Promise<ReferenceTraces> => {
  const open = async (bytes: Uint8Array) =>
    unwrap(
      await openOfflineSession(unwrap(readModel(bytes, () => weights)), { threads: 1, optimize: false }),
    );
  const bare = await open(plain);
  const patched = await open(graph);
  const feeds = Object.entries(tracedFeeds(model)).map(([name, { shape, data }]) => [
    name,
    floatTensor(shape, data),
  ]);
  const patches = { ...Object.assign({}, ...model.hooks.map(absentPatch)), ...Object.fromEntries(feeds) };
  const traces = { bare: await trace(bare, model, {}), patched: await trace(patched, model, patches) };
  await bare.release();
  await patched.release();
  return traces;
};
