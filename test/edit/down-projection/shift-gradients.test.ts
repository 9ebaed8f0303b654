import { beforeAll, describe, expect, it } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { type BlockForward, openBlockForward } from "../../../src/edit/down-projection/block-forward.ts";
import { editSequences } from "../../../src/edit/down-projection/edit-sequences.ts";
import { toLowRankPatch } from "../../../src/edit/down-projection/low-rank-patches.ts";
import { optimizeShifts } from "../../../src/edit/down-projection/optimize-shifts.ts";
import { ShiftGradients, type ShiftLoss } from "../../../src/edit/down-projection/shift-gradients.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;
let forward: BlockForward;

beforeAll(async () => {
  context = await tinyContext();
  const opened = openBlockForward(context.model, context.graph);
  if (!opened.ok) throw new Error(opened.problem.message);
  forward = opened.value;
});

const EDIT = editOf({
  prompt: "The capital of France is",
  subject: "France",
  target: "Oslo",
  paraphrases: ["The book of France is unknown, its author is"],
});

const losses = async () => {
  const sequences = await editSequences(EDIT, [], "prompt-last", context.engine);
  if (!sequences.ok) throw new Error(sequences.problem.message);
  const { rows, lookups, targets, weights } = sequences.value;
  const site = forward.sites[0]!;
  const run = await forward.run(rows, [site.layer], EMPTY_PATCH_SET);
  if (!run.ok) throw new Error(run.problem.message);
  const gradients = new ShiftGradients(context.model, forward.bare, site.tensors.block);
  const batch = { rows, lookups, weights, states: run.value.get(site.layer)!.states };
  const [target, divergence] = [await gradients.target(batch, targets), await gradients.divergence(batch)];
  if (!target.ok || !divergence.ok) throw new Error("no session");
  const size = lookups[0]!.length * site.out;
  return { target: target.value, divergence: divergence.value, size, tokens: lookups[0]!.length };
};

/** Compares the slope along a direction with the gradient's share of it. */
const expectSlope = async (loss: ShiftLoss, at: Float32Array) => {
  const step = 2e-2;
  const gradient = new Float32Array(at.length);
  await loss.evaluate(at, gradient);
  const direction = at.map((_, i) => Math.cos(3 * i));
  const moved = (sign: number) =>
    loss.evaluate(
      at.map((value, i) => value + sign * step * direction[i]!),
      new Float32Array(at.length),
    );
  const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
  expect(((await moved(1)) - (await moved(-1))) / (2 * step)).toBeCloseTo(slope, 2);
};

describe("shifts of a block's output over several rows", () => {
  it("leave the mean loss of the model as it is where they are zero", async () => {
    const { target, size, tokens } = await losses();
    const loss = await target.evaluate(new Float32Array(size), new Float32Array(size));
    const ids = [...context.engine.tokenizer.encodeContinuation(" Oslo"), context.model.specialTokens.end];
    expect(ids).toHaveLength(tokens);
    let sum = 0;
    for (const prompt of [EDIT.prompt, ...EDIT.paraphrases]) {
      const score = await context.engine.score(prompt, ids, EMPTY_PATCH_SET);
      if (!score.ok) throw new Error(score.problem.message);
      sum -= score.value.tokens.reduce((total, { logprob }) => total + logprob, 0);
    }
    expect(loss).toBeCloseTo(sum / (2 * tokens), 4);
  });

  it("have the gradients of central finite differences, for both losses", async () => {
    const { target, divergence, size } = await losses();
    const at = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
    await expectSlope(target, at);
    await expectSlope(divergence, at);
  });

  it("diverge by nothing where they are zero, and by more than nothing elsewhere", async () => {
    const { divergence, size } = await losses();
    const gradient = new Float32Array(size);
    expect(await divergence.evaluate(new Float32Array(size), gradient)).toBeCloseTo(0, 6);
    expect(Math.hypot(...gradient)).toBeLessThan(1e-4);
    const away = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
    expect(await divergence.evaluate(away, gradient)).toBeGreaterThan(0.01);
  });

  it("are held back by the divergence and by the decay", async () => {
    const { target, divergence, size, tokens } = await losses();
    const norms = new Array<number>(tokens).fill(1);
    const objective = { target, divergence, norms, width: size / tokens };
    const settings = { steps: 10, learningRate: 0.5, decay: 0, klFactor: 0, clamp: 1e6, lossTarget: 0 };
    const lengthWith = async (changed: Partial<typeof settings>) => {
      const result = await optimizeShifts(objective, { ...settings, ...changed });
      if (!result.ok) throw new Error(result.problem.message);
      return Math.hypot(...result.value.shifts);
    };
    const free = await lengthWith({});
    expect(await lengthWith({ klFactor: 10 })).toBeLessThan(free);
    expect(await lengthWith({ decay: 10 })).toBeLessThan(free);
  });
});

it("runs with low-rank patches attached: what a patch adds shows in the FFN's output", async () => {
  const site = forward.sites[0]!;
  const rows = [context.engine.tokenizer.encode(EDIT.prompt)];
  const A = { rows: site.in, columns: 1, data: new Float64Array(site.in).fill(0.1) };
  const B = {
    rows: 1,
    columns: site.out,
    data: Float64Array.from({ length: site.out }, (_, i) => Math.sin(i)),
  };
  const set = patchSetOf(context, [toLowRankPatch("p", [0], site.layer, { A, B })]);
  const [bare, patched] = [
    await forward.run(rows, [site.layer], EMPTY_PATCH_SET),
    await forward.run(rows, [site.layer], set),
  ];
  if (!bare.ok || !patched.ok) throw new Error("no run");
  const [before, after] = [bare.value.get(site.layer)!, patched.value.get(site.layer)!];
  expect(after.keys).toEqual(before.keys);
  const share = before.keys.subarray(0, site.in).reduce((sum, value) => sum + value * 0.1, 0);
  expect(after.outputs[3]! - before.outputs[3]!).toBeCloseTo(share * Math.sin(3), 3);
  expect(after.states[3]! - before.states[3]!).toBeCloseTo(share * Math.sin(3), 3);
});
