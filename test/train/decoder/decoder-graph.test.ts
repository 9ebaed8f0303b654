import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import { randomFor } from "../../../src/optim/random.ts";
import { servingGraph } from "../../../src/train/decoder/decoder-graph.ts";
import { initialWeights, parametersOf } from "../../../src/train/decoder/parameters.ts";
import { trainingGraph } from "../../../src/train/decoder/training-graph.ts";
import { TINY_CONFIG } from "../support/tiny.ts";

const { model } = TINY_CONFIG;
const parameters = parametersOf(model);

/** Fresh weights, made larger so that attention and the FFN matter to the logits. */
const weights = initialWeights(parameters, 3).map((weight) => (weight === 1 ? 1 : 8 * weight));

const random = randomFor("ids");
const ids = Array.from({ length: 10 }, () => random.below(model.vocabulary));

let session: OfflineSession;

beforeAll(async () => {
  const opened = await openOfflineSession(servingGraph(model, parameters, weights), { threads: 1 });
  if (!opened.ok) throw new Error(opened.problem.message);
  session = opened.value;
});

afterAll(() => session.release());

type Tensors = Record<string, OfflineTensor>;

const emptyCache = (): Tensors =>
  Object.fromEntries(
    [0, 1].flatMap((layer) =>
      ["key", "value"].map((kind) => [
        `past_key_values.${layer}.${kind}`,
        floatTensor([1, model.heads, 0, model.width / model.heads], new Float32Array(0)),
      ]),
    ),
  );

/** Runs `tokens` after `past` positions; `masked` of the positions, counted from the front, are hidden. */
const forward = async (tokens: readonly number[], past: number, cache: Tensors, masked = 0) => {
  const mask = Array.from({ length: past + tokens.length }, (_, i) => (i < masked ? 0 : 1));
  const positions = tokens.map((_, i) => Math.max(0, past + i - masked));
  const outputs = await session.run({
    input_ids: integerTensor([1, tokens.length], tokens),
    position_ids: integerTensor([1, tokens.length], positions),
    attention_mask: integerTensor([1, mask.length], mask),
    ...cache,
  });
  const next = Object.entries(outputs)
    .filter(([name]) => name.startsWith("present."))
    .map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor] as const);
  return { logits: outputs.logits!.data as Float32Array, cache: Object.fromEntries(next) };
};

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

const rowsFrom = (logits: Float32Array, row: number) => logits.subarray(row * model.vocabulary);

describe("the serving graph", () => {
  it("gives with a cache, token by token, the logits of one pass over the whole text", async () => {
    const whole = await forward(ids, 0, emptyCache());
    let { logits, cache } = await forward(ids.slice(0, 6), 0, emptyCache());
    expect(largestDifference(logits, whole.logits.subarray(0, logits.length))).toBeLessThan(1e-5);
    for (let at = 6; at < ids.length; at++) {
      ({ logits, cache } = await forward([ids[at]!], at, cache));
      const expected = whole.logits.subarray(at * model.vocabulary, (at + 1) * model.vocabulary);
      expect(largestDifference(logits, expected)).toBeLessThan(1e-5);
    }
  });

  it("reads several tokens after a cache causally", async () => {
    const whole = await forward(ids, 0, emptyCache());
    const { cache } = await forward(ids.slice(0, 4), 0, emptyCache());
    const rest = await forward(ids.slice(4), 4, cache);
    expect(largestDifference(rest.logits, rowsFrom(whole.logits, 4))).toBeLessThan(1e-5);
  });

  it("does not see positions that the attention mask hides", async () => {
    const plain = await forward(ids, 0, emptyCache());
    const padded = await forward([5, 9, ...ids], 0, emptyCache(), 2);
    expect(largestDifference(rowsFrom(padded.logits, 2), plain.logits)).toBeLessThan(1e-5);
  });

  it("is moved by what stands before a token, and not by what follows it", async () => {
    const whole = await forward(ids, 0, emptyCache());
    const changed = await forward(ids.with(5, (ids[5]! + 1) % model.vocabulary), 0, emptyCache());
    const before = 5 * model.vocabulary;
    expect(largestDifference(whole.logits.subarray(0, before), changed.logits.subarray(0, before))).toBe(0);
    expect(largestDifference(rowsFrom(whole.logits, 6), rowsFrom(changed.logits, 6))).toBeGreaterThan(0.01);
  });
});

describe("the training graph", () => {
  it("computes the weighted cross-entropy of the serving graph's logits", async () => {
    const { logits } = await forward(ids, 0, emptyCache());
    const targets = ids.map((id) => (id * 7 + 3) % model.vocabulary);
    const lossWeights = ids.map((_, i) => (i % 3) / 9);
    const expected = targets.reduce((sum, target, row) => {
      const scores = logits.subarray(row * model.vocabulary, (row + 1) * model.vocabulary);
      const total = scores.reduce((acc, score) => acc + Math.exp(score), 0);
      return sum - lossWeights[row]! * (scores[target]! - Math.log(total));
    }, 0);
    const opened = await openOfflineSession(
      trainingGraph(model, parameters, weights, { rows: 2, length: 12 }),
      { threads: 1 },
    );
    if (!opened.ok) throw new Error(opened.problem.message);
    const padded = (values: readonly number[]) => [...values, 0, 0, ...Array(12).fill(0)];
    const { loss } = await opened.value.run({
      input_ids: integerTensor([2, 12], padded(ids)),
      targets: integerTensor([2, 12], padded(targets)),
      loss_weights: floatTensor([2, 12], Float32Array.from(padded(lossWeights))),
    });
    expect(Math.abs((loss!.data[0] as number) - expected)).toBeLessThan(1e-5);
    await opened.value.release();
  });
});
