import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectBlockStates } from "../../../src/edit/codebook/block-states.ts";
import { distanceBetween } from "../../../src/edit/linear-algebra/distance-between.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import type { ProbePrompt } from "../../../src/edit/probes/probes.ts";
import { tinyContext } from "../support/tiny-context.ts";

/** Prompts of several lengths, more than run at once. */
const PROBES: readonly ProbePrompt[] = Array.from({ length: 40 }, (_, index) => ({
  prompt: `The capital of ${"France and ".repeat(index % 3)}Norway ${index} is`,
  subject: `Norway ${index}`,
  relation: "capital",
  phrasing: 0,
}));

/** By how much padded and optimised runs may differ, on states of length 5 and more. */
const TOLERANCE = 1e-4;

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext(PROBES);
});
afterAll(() => context.engine.release());

const collect = (signal = new AbortController().signal, probes = PROBES, layers?: readonly number[]) =>
  collectBlockStates({ ...context, probes, signal }, layers);

describe("collectBlockStates", () => {
  it("gives every block's state of every probe, those of hooked blocks as a request sees them", async () => {
    const states = await collect();
    if (!states.ok) throw new Error(states.problem.message);
    expect(states.value).toHaveLength(context.model.layers);
    for (const [layer, ofBlock] of states.value.entries()) {
      expect(ofBlock.map(({ probe }) => probe)).toEqual(PROBES);
      if (layer === 0) continue;
      for (const { probe, state } of ofBlock) {
        const queried = await context.engine.query(probe.prompt, [layer]);
        if (!queried.ok) throw new Error(queried.problem.message);
        expect(distanceBetween(state, queried.value.get(layer)!)).toBeLessThan(TOLERANCE);
      }
    }
  });

  it("gives blocks without a hook states of their own", async () => {
    const states = await collect();
    if (!states.ok) throw new Error(states.problem.message);
    const [first, second] = [states.value[0]![0]!.state, states.value[1]![0]!.state];
    expect(distanceBetween(first, second)).toBeGreaterThan(1);
  });

  it("gives the blocks that are asked for alone, the same states", async () => {
    const [all, one] = [await collect(), await collect(undefined, PROBES, [1])];
    if (!all.ok || !one.ok) throw new Error("states are collected");
    expect(one.value).toHaveLength(1);
    for (const [index, { state }] of one.value[0]!.entries())
      expect(distanceBetween(state, all.value[1]![index]!.state)).toBeLessThan(TOLERANCE);
  });

  it("refuses a probe that the context cannot hold, and stops when it is interrupted", async () => {
    const long = { ...PROBES[0]!, prompt: "The capital of ".repeat(60) };
    expect(await collect(undefined, [long])).toMatchObject({
      ok: false,
      problem: { code: "prompt_too_long" },
    });
    expect(await collect(AbortSignal.abort())).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  });
});
