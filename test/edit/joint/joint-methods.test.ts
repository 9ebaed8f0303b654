import { beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { alphaedit } from "../../../src/edit/alphaedit/alphaedit.ts";
import { jointPatchIds } from "../../../src/edit/joint/joint-patch-ids.ts";
import { memit } from "../../../src/edit/memit/memit.ts";
import type { EditingContext, EditMethod, EditOutcome } from "../../../src/edit/method.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { editOf, patchSetOf, tinyContext, tracedContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

const FRANCE = editOf({ prompt: "The capital of France is", subject: "France", target: "Oslo" });
const BOOK = editOf({ prompt: "The author of the book is", subject: "the book", target: "Paris" });

/** The tiny model is random: longer shifts, and hardly anything to preserve. */
const RANDOM = { clamp: "20", steps: "300", "loss-target": "1.7", rounds: "2" };

/** Each with what holds the update back so far that one round is not enough. */
const METHODS: readonly {
  method: EditMethod;
  settings: Record<string, string>;
  cautious: Record<string, string>;
}[] = [
  { method: memit, settings: { ...RANDOM, lambda: "1e-4" }, cautious: { lambda: "1e3" } },
  {
    method: alphaedit,
    settings: { ...RANDOM, "null-share": "1", ridge: "1e-4" },
    cautious: { ridge: "1e2" },
  },
];

describe.each(METHODS)("$method.name", ({ method, settings, cautious }) => {
  const apply = async (edits: readonly Edit[], on = context, more: Record<string, string> = {}) => {
    const outcome = await method.apply(edits, { ...settings, ...more }, on);
    if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`);
    return outcome.value;
  };
  const answer = (prompt: string, { patches }: Pick<EditOutcome, "patches">) =>
    greedyAnswer(context.engine, prompt, patchSetOf(context, patches), 40);

  it("makes all edits at once, with targets of several tokens, in one patch a block", async () => {
    const outcome = await apply([FRANCE, BOOK]);
    expect(outcome.patches).toMatchObject([
      { id: `${method.name}-group-1.block-1`, kind: "low-rank", layer: 1, site: "down", edits: [0, 1] },
    ]);
    expect(await answer(FRANCE.prompt, outcome)).toBe(" Oslo");
    expect(await answer(BOOK.prompt, outcome)).toBe(" Paris");
    expect(outcome.diagnostics.map(({ id }) => id)).toEqual([
      "the-capital-of-france-is",
      "the-author-of-the-book-is",
    ]);
  });

  it("spreads edits over the middle blocks and that of the trace, and over others where it is told to", async () => {
    const down = context.model.hooks.find((hook) => hook.kind === "low-rank" && hook.site === "down")!;
    const hooks = [{ ...down, layer: 0 }, ...context.model.hooks, { ...down, layer: 2 }];
    // What is opened on a graph stays with it, so this one is a graph of its own.
    const everywhere = { ...context, graph: { ...context.graph }, model: { ...context.model, hooks } };
    const layersOf = async (chosen: Record<string, string>, on = everywhere) => {
      const outcome = await method.apply([FRANCE], { ...settings, ...chosen }, on);
      return unwrap(outcome).patches.map((patch) => patch.layer);
    };
    expect(await layersOf({})).toEqual([1]);
    expect(await layersOf({}, tracedContext(everywhere, "prompt-last", 0))).toEqual([0, 1]);
    expect(await layersOf({ blocks: "0-1" })).toEqual([0, 1]);
  });

  it("asks again for what one solve leaves missing, and stops once nothing is", async () => {
    const once = await apply([FRANCE, BOOK], context, { ...cautious, rounds: "1" });
    expect(await answer(FRANCE.prompt, once)).not.toBe(" Oslo");
    const often = await apply([FRANCE, BOOK], context, { ...cautious, rounds: "10" });
    expect(await answer(FRANCE.prompt, often)).toBe(" Oslo");
    expect(await answer(BOOK.prompt, often)).toBe(" Paris");
    expect(often.patches.map(({ id }) => id)).toEqual(once.patches.map(({ id }) => id));
    const [soon, late] = [await apply([FRANCE]), await apply([FRANCE], context, { rounds: "100" })];
    expect(late.diagnostics[0]!.steps).toBeLessThan(3 * soon.diagnostics[0]!.steps);
  });

  it("gives no patch a higher rank than its matrix can have", async () => {
    const more = ["Norway", "the book", "Paris", "Oslo"].map((subject) =>
      editOf({
        prompt: `The capital of ${subject} is`,
        target: "the city of Paris",
        paraphrases: [`The book of ${subject} is`],
      }),
    );
    const { patches } = await apply([FRANCE, BOOK, ...more]);
    const [patch] = patches as LowRankPatch[];
    expect(patch!.tensors.A.shape).toEqual([64, 32]);
    expect(patch!.tensors.B.shape).toEqual([32, 32]);
  });

  it("gives the same bytes for the same input, whatever was edited in between", async () => {
    const first = await apply([FRANCE]);
    await apply([BOOK]);
    expect((await apply([FRANCE])).patches).toEqual(first.patches);
  });

  it("keeps the parent's group beside its own", async () => {
    const parent = await apply([FRANCE]);
    const child = await apply([BOOK], { ...context, parent });
    expect(child.patches.map(({ id, edits }) => [id, edits])).toEqual([
      [`${method.name}-group-1.block-1`, [0]],
      [`${method.name}-group-2.block-1`, [1]],
    ]);
    expect(child.patches[0]).toEqual(parent.patches[0]);
    expect(await answer(BOOK.prompt, child)).toBe(" Paris");
  });

  it("skips what the model answers already, and makes no patch where nothing is left", async () => {
    const paraphrase = "The book of France is";
    const known = await apply([{ ...FRANCE, paraphrases: [paraphrase] }]);
    const again = await apply([editOf({ prompt: paraphrase, target: "Oslo" })], {
      ...context,
      parent: known,
    });
    expect(again.skipped).toHaveLength(1);
    expect(again.patches).toEqual(known.patches);
  });

  it("refuses two targets for one prompt, a block that takes no patch, and unknown settings", async () => {
    const conflict = await method.apply([FRANCE, { ...FRANCE, target: "Paris" }], settings, context);
    expect(conflict).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
    const outside = await method.apply([FRANCE], { blocks: "1-2" }, context);
    expect(outside).toMatchObject({ ok: false, problem: { code: "wrong_base_model", param: "layer" } });
    const unknown = await method.apply([FRANCE], { depth: "1" }, context);
    expect(unknown).toMatchObject({ ok: false, problem: { code: "invalid_request", param: "depth" } });
    const signal = AbortSignal.abort();
    const cancelled = await method.apply([FRANCE], settings, { ...context, signal });
    expect(cancelled).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  });
});

describe("jointPatchIds", () => {
  it("names a group's patches by one stem that no other patch has", () => {
    expect(jointPatchIds("memit", [1, 2], new Set())).toEqual([
      "memit-group-1.block-1",
      "memit-group-1.block-2",
    ]);
    expect(jointPatchIds("memit", [2], new Set(["memit-group-1.block-1"]))).toEqual([
      "memit-group-2.block-2",
    ]);
  });
});
