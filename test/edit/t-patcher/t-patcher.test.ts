import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { EditingContext, EditOutcome } from "../../../src/edit/method.ts";
import { readEditRows } from "../../../src/edit/neurons/edit-rows.ts";
import { openFeedForwardStates } from "../../../src/edit/neurons/feed-forward-states.ts";
import { findLastBlock } from "../../../src/edit/neurons/last-block.ts";
import { preActivation, toNeurons } from "../../../src/edit/neurons/neurons.ts";
import { ANSWER_TOKENS, greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { tPatcher } from "../../../src/edit/t-patcher/t-patcher.ts";
import { initialNeurons } from "../../../src/edit/t-patcher/train-neurons.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

const PROBES = ["Norway", "Peru", "the book"].map((subject) => ({
  prompt: `The author of ${subject} is`,
  subject,
  relation: "author",
  phrasing: 0,
}));

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext(PROBES);
});
afterAll(() => context.engine.release());

const apply = async (edits: readonly Edit[], settings: Record<string, string> = {}, on = context) => {
  const outcome = await tPatcher.apply(edits, settings, on);
  if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`);
  return outcome.value;
};

const answer = (prompt: string, { patches }: Pick<EditOutcome, "patches">, most = 40) =>
  greedyAnswer(context.engine, prompt, patchSetOf(context, patches), most);

const neuronsOf = ({ patches }: EditOutcome, index: number) =>
  toNeurons((patches[index] as NeuronsPatch).tensors);

const rowsOf = async (edit: Edit) => {
  const block = findLastBlock(context.model, context.graph);
  if (!block.ok) throw new Error(block.problem.message);
  const states = openFeedForwardStates(context.model, context.graph, block.value);
  const read = await readEditRows(edit, context.engine, states, EMPTY_PATCH_SET);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
};

const FRANCE = editOf({
  prompt: "The capital of France is",
  target: "the city of Paris",
  subject: "France",
  paraphrases: ["The book of France is"],
});
const NORWAY = editOf({ prompt: "The capital of Norway is", subject: "Norway", target: "Oslo" });

describe("T-Patcher", () => {
  it("answers the prompt and the paraphrase with a target of several tokens, and stops", async () => {
    const outcome = await apply([FRANCE]);
    expect(await answer(FRANCE.prompt, outcome)).toBe(" the city of Paris");
    expect(await answer("The book of France is", outcome)).toBe(" the city of Paris");
  });

  it("leaves the model's domain as it was", async () => {
    const outcome = await apply([FRANCE]);
    for (const { prompt } of PROBES)
      expect(await answer(prompt, outcome, ANSWER_TOKENS)).toBe(
        await answer(prompt, { patches: [] }, ANSWER_TOKENS),
      );
  });

  /** Which tokens of a target the model under `patches` says by itself, teacher-forced. */
  const predicted = async (target: string, patches: EditOutcome["patches"]) => {
    const { tokenizer } = context.engine;
    const ids = [...tokenizer.encodeContinuation(target), context.model.specialTokens.end];
    const score = await context.engine.score(NORWAY.prompt, ids, patchSetOf(context, patches));
    if (!score.ok) throw new Error(score.problem.message);
    return score.value.greedy;
  };

  it("makes a neuron for each target token that the model would not say, and none for the others", async () => {
    const first = await apply([NORWAY]);
    const wrong = (await predicted(" Oslo", [])).filter((right) => !right);
    expect(neuronsOf(first, 0).count).toBe(wrong.length);
    // The patch says " Oslo" now, which a longer target begins with; its edit goes by another prompt.
    const parent = { edits: [{ ...NORWAY, prompt: "Norway" }], patches: first.patches };
    const longer = await apply([{ ...NORWAY, target: "Oslo Paris" }], {}, { ...context, parent });
    const right = await predicted(" Oslo Paris", first.patches);
    expect(right).toContain(true);
    expect(neuronsOf(longer, 1).count).toBe(right.filter((known) => !known).length);
  });

  it("starts with a pre-activation of exactly 1 on the edit's own token", async () => {
    const rows = await rowsOf(NORWAY);
    const neurons = initialNeurons({ rows, places: [0, 2] });
    expect(preActivation(neurons, 0, rows.inputs, 0)).toBeCloseTo(1, 5);
    expect(preActivation(neurons, 1, rows.inputs, 2)).toBeCloseTo(1, 5);
  });

  it("fires on its own token in every phrasing", async () => {
    const neurons = neuronsOf(await apply([FRANCE]), 0);
    const rows = await rowsOf(FRANCE);
    expect(neurons.count).toBe(rows.tokens);
    for (let row = 0; row < rows.targets.length; row++)
      expect(preActivation(neurons, row % rows.tokens, rows.inputs, row)).toBeGreaterThan(0);
  });

  it("stays silent where earlier edits fire, so that all of them hold", async () => {
    const parent = await apply([FRANCE]);
    // The tiny model has room for few neurons that leave each other alone: it takes longer to find it.
    const child = await apply([NORWAY], { steps: "1000" }, { ...context, parent });
    const fresh = neuronsOf(child, 1);
    const { inputs, targets } = await rowsOf(FRANCE);
    for (let row = 0; row < targets.length; row++)
      for (let neuron = 0; neuron < fresh.count; neuron++)
        expect(preActivation(fresh, neuron, inputs, row)).toBeLessThanOrEqual(0);
    expect(child.patches[0]).toEqual(parent.patches[0]);
    expect(await answer(FRANCE.prompt, child)).toBe(" the city of Paris");
    expect(await answer(NORWAY.prompt, child)).toBe(" Oslo");
  });

  it("reports the loss that the served model has", async () => {
    const { patches, diagnostics } = await apply([NORWAY]);
    const target = [...context.engine.tokenizer.encodeContinuation(" Oslo"), context.model.specialTokens.end];
    const score = await context.engine.score(NORWAY.prompt, target, patchSetOf(context, patches));
    if (!score.ok) throw new Error(score.problem.message);
    const mean = -score.value.tokens.reduce((sum, { logprob }) => sum + logprob, 0) / target.length;
    expect(diagnostics[0]!.loss).toBeCloseTo(mean, 4);
  });

  it("gives the same bytes for the same input", async () => {
    const [first, second] = [await apply([FRANCE, NORWAY]), await apply([FRANCE, NORWAY])];
    expect(second.patches).toEqual(first.patches);
  });

  it("makes one patch an edit, named after it", async () => {
    const { patches, edits } = await apply([FRANCE, NORWAY]);
    expect(edits).toEqual([FRANCE, NORWAY]);
    expect(patches.map(({ id, edits: indices, layer }) => [id, indices, layer])).toEqual([
      ["the-capital-of-france-is", [0], 2],
      ["the-capital-of-norway-is", [1], 2],
    ]);
  });

  it("skips an edit that the model answers already, and says so", async () => {
    const prompt = "The unknown author is";
    const target = await greedyAnswer(context.engine, prompt, EMPTY_PATCH_SET, 3);
    const parent = await apply([editOf({ prompt, target })]);
    const again = editOf({ prompt: `${prompt} `, target });
    const outcome = await apply(
      [{ ...again, prompt }, NORWAY],
      {},
      { ...context, parent: { ...parent, edits: [again] } },
    );
    expect(outcome.skipped.map(({ edit }) => edit.prompt)).toEqual([prompt]);
  });

  it("keeps the patch of an edit that it answers already, beside those that it makes", async () => {
    const parent = await apply([FRANCE]);
    const same = await apply([FRANCE], {}, { ...context, parent });
    expect(same.skipped.map(({ edit }) => edit)).toEqual([FRANCE]);
    expect([same.edits, same.patches]).toEqual([parent.edits, parent.patches]);
    const more = await apply([FRANCE, NORWAY], {}, { ...context, parent });
    expect(more.patches.map(({ id }) => id)).toEqual([
      "the-capital-of-france-is",
      "the-capital-of-norway-is",
    ]);
    expect(more.patches[0]).toEqual(parent.patches[0]);
  });

  it("replaces the parent's edit that is corrected again", async () => {
    const parent = await apply([FRANCE, NORWAY]);
    const again = editOf({ prompt: NORWAY.prompt, target: "Paris" });
    const child = await apply([again], {}, { ...context, parent });
    expect(child.edits.map(({ target }) => target)).toEqual(["the city of Paris", "Paris"]);
    expect(await answer(NORWAY.prompt, child)).toBe(" Paris");
  });

  it("refuses two targets for one phrasing", async () => {
    const other = editOf({ prompt: "The book of France is", target: "Oslo" });
    const result = await tPatcher.apply([FRANCE, other], {}, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
    expect(!result.ok && result.problem.message).toBe(
      'Edit "The book of France is": its target "Oslo" contradicts "the city of Paris" of the edit "The capital of France is". Keep one of them.',
    );
  });

  it("takes a target of 32 tokens with its end and refuses one of 33", async () => {
    const tokens = (target: string) => context.engine.tokenizer.encodeContinuation(` ${target}`).length + 1;
    // One token a character, none of them twice: a neuron can tell each from the others.
    const longest = "0123456789ABDEFGHIJKLMNPQRSUVW";
    expect([tokens(longest), tokens(`${longest}x`)]).toEqual([32, 33]);
    const refused = await tPatcher.apply([editOf({ prompt: "A", target: `${longest}x` })], {}, context);
    expect(refused).toMatchObject({ ok: false, problem: { code: "target_too_long" } });
    const taken = await apply([editOf({ prompt: "A", target: longest })]);
    expect(await answer("A", taken)).toBe(` ${longest}`);
  });

  it("refuses neurons that cannot converge, with the loss they got stuck at after trying for longer", async () => {
    const result = await tPatcher.apply([FRANCE], { steps: "1", "value-rate": "0.0001" }, context);
    expect(result).toMatchObject({
      ok: false,
      problem: { code: "edit_not_converged", param: FRANCE.prompt, detail: { steps: 2 } },
    });
  });

  it.each([
    [{ penalty: "square" }, "penalty"],
    [{ memory: "10001" }, "memory"],
    [{ depth: "3" }, "depth"],
  ])("refuses the setting %o by name", async (settings, name) => {
    const result = await tPatcher.apply([NORWAY], settings as Record<string, string>, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request", param: name } });
  });

  it("refuses a model without neurons in its last block, and one whose neurons are never silent", async () => {
    const without = context.model.hooks.filter(({ kind }) => kind !== "neurons");
    const elsewhere = context.model.hooks.map((hook) =>
      hook.kind === "neurons" ? { ...hook, layer: 0 } : hook,
    );
    const smooth = context.model.hooks.map((hook) =>
      hook.kind === "neurons" ? { ...hook, activation: "gelu" } : hook,
    );
    for (const [hooks, said] of [
      [without, "no block"],
      [elsewhere, "--neurons 2"],
      [smooth, "gelu"],
    ] as const) {
      const model = { ...context.model, hooks };
      // A graph is looked into once; another model wants another.
      const result = await tPatcher.apply([NORWAY], {}, { ...context, model, graph: { ...context.graph } });
      expect(result).toMatchObject({ ok: false, problem: { code: "wrong_base_model" } });
      if (!result.ok) expect(result.problem.message).toContain(said);
    }
  });
});
