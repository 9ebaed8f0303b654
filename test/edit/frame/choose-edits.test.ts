import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import {
  ALREADY_ANSWERED,
  ANSWERED_WITHOUT_PATCH,
  answeredSince,
  chooseEdits,
} from "../../../src/edit/frame/choose-edits.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

const NORWAY = editOf({ prompt: "The capital of Norway is", target: "Oslo" });
const FRANCE = editOf({ prompt: "The capital of France is", target: "Paris" });

let context: EditingContext;
let parent: EditingContext["parent"];

beforeAll(async () => {
  context = await tinyContext();
  const made = await grace.apply([NORWAY], { layer: "2", radius: "0.05" }, context);
  if (!made.ok) throw new Error(made.problem.message);
  parent = made.value;
});
afterAll(() => context.engine.release());

const choose = async (...edits: Parameters<typeof chooseEdits>[1]) => {
  const chosen = await chooseEdits({ ...context, parent }, edits);
  if (!chosen.ok) throw new Error(chosen.problem.message);
  return chosen.value;
};

describe("chooseEdits", () => {
  it("skips what the parent answers, and keeps the patch that answers it", async () => {
    const { wanted, skipped, kept, base, parent: whole } = await choose(NORWAY, FRANCE);
    expect([wanted, skipped]).toEqual([[FRANCE], [{ edit: NORWAY, reason: ALREADY_ANSWERED }]]);
    expect(kept.patches).toEqual(parent.patches);
    expect(base).toBe(whole);
  });

  it("lets the patch of an edit go that is wanted otherwise", async () => {
    const { wanted, kept, base } = await choose({ ...NORWAY, target: "Bergen" });
    expect([wanted.length, kept.patches, base]).toEqual([1, [], EMPTY_PATCH_SET]);
  });

  it("wants a target that is longer than the context, for the method to refuse", async () => {
    expect((await choose({ ...FRANCE, target: "Oslo and ".repeat(60) })).wanted).toHaveLength(1);
  });

  it("refuses edits that contradict each other, naming the later one once", async () => {
    const other = { ...FRANCE, target: "Lyon" };
    const result = await chooseEdits({ ...context, parent }, [FRANCE, other]);
    expect(!result.ok && result.problem.message).toBe(
      'Edit "The capital of France is": its target "Lyon" contradicts "Paris" of another edit. Keep one of them.',
    );
  });
});

describe("answeredSince", () => {
  it("tells what other patches answer by now from what needs none once the replaced one has gone", async () => {
    const set = patchSetOf(context, parent.patches);
    const chosen = { ...(await choose(FRANCE)), parent: EMPTY_PATCH_SET };
    const reasonOf = async (base: typeof set) =>
      (await answeredSince(NORWAY, set, { ...chosen, base }, context))?.reason;
    expect(await reasonOf(set)).toBe(ANSWERED_WITHOUT_PATCH);
    expect(await reasonOf(EMPTY_PATCH_SET)).toBe(ALREADY_ANSWERED);
    expect(await answeredSince(FRANCE, set, chosen, context)).toBeNull();
  });
});
