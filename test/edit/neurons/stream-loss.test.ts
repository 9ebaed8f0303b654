import { beforeAll, expect, it } from "vitest";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { type EditRows, readEditRows } from "../../../src/edit/neurons/edit-rows.ts";
import { openFeedForwardStates } from "../../../src/edit/neurons/feed-forward-states.ts";
import { findLastBlock } from "../../../src/edit/neurons/last-block.ts";
import { addOutputs, toNeuronsPatch } from "../../../src/edit/neurons/neurons.ts";
import { openStreamLoss, type StreamLoss } from "../../../src/edit/neurons/stream-loss.ts";
import { waves } from "../support/neurons.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

const EDIT = editOf({
  prompt: "The capital of France is",
  target: "the city of Paris",
  paraphrases: ["The book of France is", "France is"],
});
const PROMPTS = [EDIT.prompt, ...EDIT.paraphrases];

let context: EditingContext;
let loss: StreamLoss;
let rows: EditRows;

beforeAll(async () => {
  context = await tinyContext();
  const { model, graph, engine } = context;
  const block = findLastBlock(model, graph);
  if (!block.ok) throw new Error(block.problem.message);
  loss = openStreamLoss(model, block.value);
  const states = openFeedForwardStates(model, graph, block.value);
  const read = await readEditRows(EDIT, engine, states, EMPTY_PATCH_SET);
  if (!read.ok) throw new Error(read.problem.message);
  rows = read.value;
});

const lossOf = async (stream: Float32Array, gradient = new Float32Array(stream.length)): Promise<number> => {
  const value = await loss.differentiate({ stream, targets: rows.targets }, gradient);
  if (!value.ok) throw new Error(value.problem.message);
  return value.value;
};

const patchOf = (scale: number): NeuronsPatch =>
  toNeuronsPatch(
    {
      count: 2,
      width: 32,
      keys: waves(64, 1),
      biases: waves(2, 2),
      values: waves(64, 3).map((value) => scale * value),
    },
    { id: "p", edits: [0], layer: 2 },
  );

/** The mean over all phrasings, as the engine's decoder gives it token by token. */
const servedLoss = async (patches: readonly NeuronsPatch[]): Promise<number> => {
  let sum = 0;
  for (const prompt of PROMPTS) {
    const targets = rows.targets.slice(0, rows.tokens);
    const score = await context.engine.score(prompt, targets, patchSetOf(context, patches));
    if (!score.ok) throw new Error(score.problem.message);
    sum -= score.value.tokens.reduce((total, { logprob }) => total + logprob, 0);
  }
  return sum / rows.targets.length;
};

it("has a row for each target token of each phrasing", () => {
  expect([rows.phrasings, rows.targets.length]).toEqual([3, 3 * rows.tokens]);
  expect(rows.inputs.length).toBe(rows.targets.length * 32);
  expect(rows.targets[rows.tokens - 1]).toBe(context.model.specialTokens.end);
});

it("gives the loss that the engine's decoder gives the bare model", async () => {
  expect(await lossOf(rows.stream)).toBeCloseTo(await servedLoss([]), 4);
});

it("gives the loss that the engine's decoder gives under neurons, which are added row by row", async () => {
  const neurons = {
    count: 2,
    width: 32,
    keys: waves(64, 1),
    biases: waves(2, 2),
    values: waves(64, 3).map((value) => 5 * value),
  };
  const stream = rows.stream.slice();
  addOutputs(neurons, rows.inputs, stream);
  const served = await servedLoss([patchOf(5)]);
  expect(Math.abs(served - (await servedLoss([])))).toBeGreaterThan(0.01);
  expect(await lossOf(stream)).toBeCloseTo(served, 4);
});

it("has a gradient that agrees with central finite differences", async () => {
  const gradient = new Float32Array(rows.stream.length);
  await lossOf(rows.stream, gradient);
  const direction = waves(rows.stream.length, 4);
  const step = 0.02;
  const at = (sign: number) => lossOf(rows.stream.map((value, i) => value + sign * step * direction[i]!));
  const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
  expect(((await at(1)) - (await at(-1))) / (2 * step)).toBeCloseTo(slope, 3);
});

it("knows which targets are the likeliest tokens", async () => {
  const hits = await loss.hits({ stream: rows.stream, targets: rows.targets });
  const greedy: boolean[] = [];
  for (const prompt of PROMPTS) {
    const score = await context.engine.score(prompt, rows.targets.slice(0, rows.tokens), EMPTY_PATCH_SET);
    if (score.ok) greedy.push(...score.value.greedy);
  }
  expect(hits).toEqual({ ok: true, value: greedy });
});

it("takes more rows than one run holds", async () => {
  const times = Math.ceil(300 / rows.targets.length);
  const targets = Array.from({ length: times }, () => rows.targets).flat();
  const stream = new Float32Array(times * rows.stream.length);
  for (let i = 0; i < times; i++) stream.set(rows.stream, i * rows.stream.length);
  const [once, often] = [new Float32Array(rows.stream.length), new Float32Array(stream.length)];
  const single = await lossOf(rows.stream, once);
  const many = await loss.differentiate({ stream, targets }, often);
  expect(many).toEqual({ ok: true, value: expect.closeTo(single, 4) });
  // Each copy has its share of the mean.
  expect(often[7]! * times).toBeCloseTo(once[7]!, 5);
  expect(often.at(-1)! * times).toBeCloseTo(once.at(-1)!, 5);
});
