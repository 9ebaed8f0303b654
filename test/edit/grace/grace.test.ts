import { beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import type { EditingContext, EditOutcome } from "../../../src/edit/method.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

/** The tiny model is not calibrated; its states are about 100 apart. */
const SETTINGS = { radius: "1" };

const apply = async (edits: readonly Edit[], settings: Record<string, string> = SETTINGS, on = context) => {
  const outcome = await grace.apply(edits, settings, on);
  if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`);
  return outcome.value;
};

const answer = (prompt: string, { patches }: Pick<EditOutcome, "patches">) =>
  greedyAnswer(context.engine, prompt, patchSetOf(context, patches), 40);

const FRANCE = editOf({
  prompt: "The capital of France is",
  target: "the city of Paris",
  paraphrases: ["The book of France is"],
});
const NORWAY = editOf({ prompt: "The capital of Norway is", target: "Oslo" });

describe.each(["1", "2"])("GRACE at block %s", (layer) => {
  it("answers the prompt and the paraphrase with a target of several tokens, and stops", async () => {
    const outcome = await apply([FRANCE], { ...SETTINGS, layer });
    expect(await answer(FRANCE.prompt, outcome)).toBe(" the city of Paris");
    expect(await answer("The book of France is", outcome)).toBe(" the city of Paris");
  });

  it("leaves every other answer as it was", async () => {
    const outcome = await apply([FRANCE], { ...SETTINGS, layer });
    const prompt = "The author of the book is";
    expect(await answer(prompt, outcome)).toBe(await answer(prompt, { patches: [] }));
  });
});

describe("GRACE", () => {
  it("makes one patch an edit, with one key a phrasing and the end of the answer among the targets", async () => {
    const { patches, edits, diagnostics } = await apply([FRANCE, NORWAY]);
    expect(edits).toEqual([FRANCE, NORWAY]);
    expect(patches.map(({ id, edits: indices }) => [id, indices])).toEqual([
      ["the-capital-of-france-is", [0]],
      ["the-capital-of-norway-is", [1]],
    ]);
    const [france] = patches;
    if (france?.kind !== "codebook") throw new Error("expected a codebook patch");
    const length = context.engine.tokenizer.encodeContinuation(" the city of Paris").length + 1;
    expect(france.tensors.keys.shape).toEqual([2, 32]);
    expect(france.values.shape).toEqual([1, length, 32]);
    expect([...france.tensors.chains.data]).toEqual([0, 0]);
    expect(france.tensors.targets.data[length - 1]).toBe(context.model.specialTokens.end);
    expect(diagnostics.map(({ id, figures }) => [id, figures.keys])).toEqual([
      ["the-capital-of-france-is", 2],
      ["the-capital-of-norway-is", 1],
    ]);
  });

  it("gives the same bytes for the same input", async () => {
    const [first, second] = [await apply([FRANCE, NORWAY]), await apply([FRANCE, NORWAY])];
    expect(second.patches).toEqual(first.patches);
  });

  it("skips an edit that the model answers already, and says so", async () => {
    const prompt = "The unknown author is";
    const target = await greedyAnswer(context.engine, prompt, EMPTY_PATCH_SET, 3);
    const known = (await apply([editOf({ prompt, target })])).patches;
    const on = { ...context, parent: { edits: [editOf({ prompt, target })], patches: known } };
    const again = await apply(
      [{ ...editOf({ prompt: "The unknown author is ", target }), prompt }, NORWAY],
      SETTINGS,
      on,
    );
    expect(again.skipped.map(({ edit }) => edit.prompt)).toEqual([prompt]);
  });

  it("keeps the patch of an edit that it answers already", async () => {
    const parent = await apply([FRANCE, NORWAY]);
    const child = await apply([FRANCE], SETTINGS, { ...context, parent });
    expect(child.skipped).toHaveLength(1);
    expect(child.patches.map(({ id }) => id)).toEqual(parent.patches.map(({ id }) => id));
  });

  it("keeps the parent's edits and replaces the one that is corrected again", async () => {
    const parent = await apply([FRANCE, NORWAY]);
    const again = editOf({ prompt: NORWAY.prompt, target: "Paris" });
    const child = await apply([again], SETTINGS, { ...context, parent });
    expect(child.edits.map(({ target }) => target)).toEqual(["the city of Paris", "Paris"]);
    expect(await answer(FRANCE.prompt, child)).toBe(" the city of Paris");
    expect(await answer(NORWAY.prompt, child)).toBe(" Paris");
  });

  it("splits balls of different targets so that both edits hold however large the radius", async () => {
    const outcome = await apply([FRANCE, NORWAY], { radius: "100000" });
    expect(await answer(FRANCE.prompt, outcome)).toBe(" the city of Paris");
    expect(await answer(NORWAY.prompt, outcome)).toBe(" Oslo");
  });

  it("keeps a radius within the guarded share of the distance to a probe about something else", async () => {
    const probe = { prompt: "The book of Norway is", subject: "the book", relation: "book", phrasing: 0 };
    const on = await tinyContext([probe]);
    const outcome = await apply([NORWAY], { radius: "100000", guard: "0.5" }, on);
    expect(await answer(NORWAY.prompt, outcome)).toBe(" Oslo");
    expect(await answer(probe.prompt, outcome)).toBe(await answer(probe.prompt, { patches: [] }));
  });

  it("refuses two targets for one prompt", async () => {
    const result = await grace.apply(
      [NORWAY, editOf({ prompt: NORWAY.prompt, target: "Paris" })],
      SETTINGS,
      context,
    );
    expect(result).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
  });

  it("takes a target of 32 tokens with its end and refuses one of 33", async () => {
    // The fixture's tokenizer has one token for a space and an "x" each.
    const tokens = (target: string) => context.engine.tokenizer.encodeContinuation(` ${target}`).length + 1;
    const longest = "x".repeat(31 - (tokens("x") - 2));
    expect([tokens(longest), tokens(`${longest}x`)]).toEqual([32, 33]);
    const refused = await grace.apply([editOf({ prompt: "A", target: `${longest}x` })], SETTINGS, context);
    expect(refused).toMatchObject({ ok: false, problem: { code: "target_too_long" } });
    const taken = await apply([editOf({ prompt: "A", target: longest })], { ...SETTINGS, steps: "400" });
    expect(await answer("A", taken)).toBe(` ${longest}`);
  });

  it("refuses values that cannot converge, with the loss they got stuck at", async () => {
    const result = await grace.apply([FRANCE], { ...SETTINGS, steps: "1" }, context);
    expect(result).toMatchObject({
      ok: false,
      problem: { code: "edit_not_converged", detail: { steps: 1 } },
    });
  });

  it.each([
    [{ radius: "-1" }, "radius"],
    [{ guard: "2" }, "guard"],
    [{ depth: "3" }, "depth"],
  ])("refuses the setting %o by name", async (settings, name) => {
    const result = await grace.apply([NORWAY], settings as Record<string, string>, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request", param: name } });
  });

  it("refuses a block without a codebook and says where there are some", async () => {
    const result = await grace.apply([NORWAY], { ...SETTINGS, layer: "0" }, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "wrong_base_model" } });
    if (!result.ok) expect(result.problem.message).toContain("1, 2");
  });

  it("asks for a calibration or a radius where it has neither probes nor one", async () => {
    const result = await grace.apply([NORWAY], {}, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request" } });
  });
});
