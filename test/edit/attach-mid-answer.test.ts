import { afterAll, beforeAll, expect, it } from "vitest";
import type { NeuronsHook } from "../../src/core/model/prepared-model.ts";
import type { NeuronsPatch } from "../../src/core/patch/kinds/neurons.ts";
import type { EditingContext } from "../../src/edit/method.ts";
import { tPatcher } from "../../src/edit/t-patcher/t-patcher.ts";
import { createDummies } from "../../src/engine/patching/bind-patches.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../src/onnx/offline-session.ts";
import { editOf, tinyContext } from "./support/tiny-context.ts";

let context: EditingContext;
let session: OfflineSession;

beforeAll(async () => {
  context = await tinyContext();
  const opened = await openOfflineSession(context.graph);
  if (!opened.ok) throw new Error(opened.problem.message);
  session = opened.value;
});
afterAll(() => session.release());

type Feeds = Record<string, OfflineTensor>;

/** Feeds for every hook: `patch` at its own, dummies elsewhere. */
const patchFeeds = (patch: NeuronsPatch | null): Feeds => {
  const tensor = <Data>(data: Data, dims: readonly number[]) => ({ data, dims });
  const typeOf = (data: unknown) => (data instanceof Float32Array ? "float32" : "bool");
  const dummies = Object.entries(createDummies(context.model, { tensor })).map(
    ([name, { data, dims }]) => [name, { type: typeOf(data), shape: dims, data }] as const,
  );
  const { inputs } = context.model.hooks.find(({ kind }) => kind === "neurons") as NeuronsHook;
  const entries = Object.entries(patch?.tensors ?? {}).map(
    ([name, { shape, data }]) => [inputs[name as "K"], floatTensor(shape, data)] as const,
  );
  return Object.fromEntries([...dummies, ...entries]);
};

/** A run over `ids` behind `past`, the outputs of the run before; from the start where there is none. */
const run = (
  ids: readonly number[],
  patch: NeuronsPatch | null,
  past: Readonly<Feeds> | null,
  start: number,
) => {
  const { io, dims } = context.model;
  const total = start + ids.length;
  const feeds: Feeds = {
    ...patchFeeds(patch),
    [io.inputIds]: integerTensor([1, ids.length], ids),
    [io.attentionMask!]: integerTensor([1, total], new Array<number>(total).fill(1)),
    [io.positionIds!]: integerTensor(
      [1, ids.length],
      ids.map((_, at) => start + at),
    ),
  };
  for (const { pastKey, pastValue, presentKey, presentValue } of io.cache) {
    const empty = floatTensor([1, dims.kvHeads, 0, dims.headDim], new Float32Array(0));
    feeds[pastKey] = past?.[presentKey] ?? empty;
    feeds[pastValue] = past?.[presentValue] ?? empty;
  }
  return session.run(feeds);
};

it("gives the same logits when attached at a decode step as when the whole text is run again with it", async () => {
  const edit = editOf({ prompt: "The capital of France is", target: "the city of Paris" });
  const outcome = await tPatcher.apply([edit], {}, context);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  const patch = outcome.value.patches[0] as NeuronsPatch;
  const { tokenizer } = context.engine;
  const prompt = tokenizer.encode(edit.prompt);
  const [first, second] = tokenizer.encodeContinuation(" the city of Paris") as [number, number];
  const { vocabulary } = context.model.dims;
  const { logits } = context.model.io;

  // The prompt and a first token without the patch, then a step with it.
  const bare = await run([...prompt, first], null, null, 0);
  const step = await run([second], patch, bare, prompt.length + 1);
  const attached = step[logits]!.data as Float32Array;
  const whole = (await run([...prompt, first, second], patch, null, 0))[logits]!.data as Float32Array;
  const unpatched = (await run([...prompt, first, second], null, null, 0))[logits]!.data as Float32Array;
  const last = (all: Float32Array) => all.subarray((prompt.length + 1) * vocabulary);
  const gap = (a: Float32Array, b: Float32Array) =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
  expect(gap(attached, last(whole))).toBeLessThan(1e-4);
  expect(gap(last(unpatched), last(whole))).toBeGreaterThan(1);
});
