import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import { measureEdits } from "../../../src/edit/measuring/measure-edits.ts";
import { changed, summarizeEdits } from "../../../src/edit/measuring/measured-edits.ts";
import { silentProbes } from "../../../src/edit/measuring/silent-probes.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import type { ProbePrompt } from "../../../src/edit/probes/probes.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { tPatcher } from "../../../src/edit/t-patcher/t-patcher.ts";
import { rankOnePatch } from "../../engine/support/patches.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

const NAMES = [
  "France",
  "Norway",
  "Peru",
  "Chile",
  "Ghana",
  "the sea",
  "the book",
  "a city",
  "Paris",
  "Oslo",
];
const PROBES: readonly ProbePrompt[] = ["The capital of", "The author of", "Where is"].flatMap((head) =>
  NAMES.map((subject) => ({ prompt: `${head} ${subject} is`, subject, relation: head, phrasing: 0 })),
);
const EDIT = editOf({ prompt: "The capital of Norway is", subject: "Norway", target: "Oslo" });

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext(PROBES);
});
afterAll(() => context.engine.release());

const silent = async (...sets: readonly PatchSet[]): Promise<ReadonlySet<ProbePrompt>> => {
  const found = await silentProbes(sets, PROBES, context);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
};

/** Probes that the two sets answer differently, each asked under both. */
const changedProbes = async (before: PatchSet, after: PatchSet): Promise<readonly ProbePrompt[]> => {
  const found: ProbePrompt[] = [];
  for (const probe of PROBES)
    if (
      (await greedyAnswer(context.engine, probe.prompt, before)) !==
      (await greedyAnswer(context.engine, probe.prompt, after))
    )
      found.push(probe);
  return found;
};

const made = async (method: typeof grace, settings: Record<string, string>): Promise<readonly Patch[]> => {
  const outcome = await method.apply([EDIT], settings, context);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value.patches;
};

/** A codebook whose balls are `factor` times as wide. */
const widened = (patch: Patch, factor: number): Patch => {
  const { tensors, ...rest } = patch as CodebookPatch;
  const { data, shape } = tensors.radii;
  return { ...rest, tensors: { ...tensors, radii: { shape, data: data.map((radius) => radius * factor) } } };
};

/** Neurons that fire that much more readily. */
const louder = (patch: Patch, by: number): Patch => {
  const { tensors, ...rest } = patch as NeuronsPatch;
  const { data, shape } = tensors.b;
  return { ...rest, tensors: { ...tensors, b: { shape, data: data.map((bias) => bias + by) } } };
};

describe("silentProbes", () => {
  it.each([1, 5, 20, 40, 100])(
    "holds no probe that a codebook with balls %d times as wide changes",
    async (factor) => {
      const patches = await made(grace, { layer: "2", radius: "0.05" });
      const after = patchSetOf(
        context,
        patches.map((patch) => widened(patch, factor)),
      );
      const found = await silent(EMPTY_PATCH_SET, after);
      const moved = await changedProbes(EMPTY_PATCH_SET, after);
      expect(moved.filter((probe) => found.has(probe))).toEqual([]);
      if (factor === 1) expect(found.size).toBeGreaterThan(PROBES.length / 2);
      if (factor === 100) expect(moved.length).toBeGreaterThan(0);
    },
  );

  it.each([0, 0.5, 1, 2])("holds no probe that neurons louder by %d change", async (by) => {
    const patches = await made(tPatcher, {});
    const after = patchSetOf(
      context,
      patches.map((patch) => louder(patch, by)),
    );
    const found = await silent(EMPTY_PATCH_SET, after);
    const moved = await changedProbes(EMPTY_PATCH_SET, after);
    expect(moved.filter((probe) => found.has(probe))).toEqual([]);
    if (by === 0) expect(found.size).toBeGreaterThan(0);
    if (by === 2) expect(moved.length).toBeGreaterThan(0);
  });

  it("holds no probe that a set before acted on, though nothing acts on it afterwards", async () => {
    const patches = await made(grace, { layer: "2", radius: "0.05" });
    const own = PROBES.find(({ prompt }) => prompt === EDIT.prompt)!;
    expect((await silent(patchSetOf(context, patches), EMPTY_PATCH_SET)).has(own)).toBe(false);
  });

  it("holds none under neurons of an earlier block, or under a low-rank patch", async () => {
    const late = patchSetOf(context, await made(tPatcher, {}));
    const early = { ...late, neurons: late.neurons.map((binding) => ({ ...binding, layer: 0 })) };
    expect((await silent(EMPTY_PATCH_SET, early)).size).toBe(0);
    const hook = context.model.hooks.find((candidate) => candidate.kind === "low-rank")!;
    const [u, v] = [new Array<number>(hook.in).fill(0), new Array<number>(hook.out).fill(0)];
    const patch = rankOnePatch("zero", hook.layer, hook.site, u, v);
    expect((await silent(EMPTY_PATCH_SET, patchSetOf(context, [patch]))).size).toBe(0);
  });
});

describe("measureEdits", () => {
  it("counts as asking every probe would", async () => {
    const patches = await made(grace, { layer: "2", radius: "0.05" });
    const after = patches.map((patch) => widened(patch, 40));
    const measured = await measureEdits([EDIT], PROBES, { before: [], after }, context);
    if (!measured.ok) throw new Error(measured.problem.message);
    const moved = (await changedProbes(EMPTY_PATCH_SET, patchSetOf(context, after))).map(
      ({ prompt }) => prompt,
    );
    const { probes, silentProbes: quiet } = measured.value;
    expect(probes.filter(changed).map(({ prompt }) => prompt)).toEqual(
      moved.filter((prompt) => prompt !== EDIT.prompt),
    );
    expect(summarizeEdits(measured.value)).toMatchObject({
      probes: PROBES.length - 1,
      probesSilent: quiet.length,
      probesUnchanged: PROBES.length - 1 - probes.filter(changed).length,
    });
  });
});
