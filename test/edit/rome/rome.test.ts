import { beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import type { Lookup } from "../../../src/core/model/model-trace.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { keysAt } from "../../../src/edit/down-projection/edit-objective.ts";
import { editSequences } from "../../../src/edit/down-projection/edit-sequences.ts";
import { fromColumns } from "../../../src/edit/linear-algebra/from-vectors.ts";
import { matrixOf, multiply } from "../../../src/edit/linear-algebra/matrix.ts";
import type { EditingContext, EditOutcome } from "../../../src/edit/method.ts";
import { readValueRows } from "../../../src/edit/neurons/value-rows.ts";
import { targetLoss } from "../../../src/edit/prompts/target-tokens.ts";
import { rome } from "../../../src/edit/rome/rome.ts";
import { openRomeSession } from "../../../src/edit/rome/session.ts";
import { parseRomeSettings } from "../../../src/edit/rome/settings.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { editOf, patchSetOf, tinyContext, tracedContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

/** The tiny model is random and wide awake: its answers need longer shifts than a trained model's. */
const SETTINGS = { clamp: "20", steps: "200", "max-update": "1000" };

const apply = async (edits: readonly Edit[], settings: Record<string, string> = {}, on = context) => {
  const outcome = await rome.apply(edits, { ...SETTINGS, ...settings }, on);
  if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`);
  return outcome.value;
};

const answer = (prompt: string, { patches }: Pick<EditOutcome, "patches">) =>
  greedyAnswer(context.engine, prompt, patchSetOf(context, patches), 40);

const FRANCE = editOf({
  prompt: "The capital of France is",
  subject: "France",
  target: "Oslo",
  paraphrases: ["The book of France is"],
});
const NORWAY = editOf({ prompt: "The capital of Norway is", subject: "Norway", target: "Paris" });

const tokensOf = ({ target }: Edit) => context.engine.tokenizer.encodeContinuation(` ${target}`).length + 1;

describe("ROME", () => {
  it("answers the prompt and the paraphrase with a target of several tokens, and stops", async () => {
    const outcome = await apply([FRANCE]);
    expect(await answer(FRANCE.prompt, outcome)).toBe(" Oslo");
    expect(await answer("The book of France is", outcome)).toBe(" Oslo");
  });

  it("makes one patch an edit on the down-projection, of one rank for each target token", async () => {
    const { patches, edits } = await apply([FRANCE, NORWAY]);
    expect(edits).toEqual([FRANCE, NORWAY]);
    expect(patches).toMatchObject([
      { id: "the-capital-of-france-is", kind: "low-rank", layer: 1, site: "down", edits: [0] },
      { id: "the-capital-of-norway-is", kind: "low-rank", layer: 1, site: "down", edits: [1] },
    ]);
    const [france] = patches as LowRankPatch[];
    expect(france!.tensors.A.shape).toEqual([64, tokensOf(FRANCE)]);
    expect(france!.tensors.B.shape).toEqual([tokensOf(FRANCE), 32]);
  });

  it("reports the rank, the loss before, and how large the update is beside the weight", async () => {
    const { patches, diagnostics } = await apply([FRANCE, NORWAY]);
    const rows = unwrap(readValueRows(context.graph));
    const weight = matrixOf(64, 32, Array.from({ length: 64 }, (_, unit) => [...rows.row(1, unit)]).flat());
    for (const [index, edit] of [FRANCE, NORWAY].entries()) {
      const { figures } = diagnostics[index]!;
      const before = patchSetOf(context, patches.slice(0, index));
      const { A, B } = (patches[index] as LowRankPatch).tensors;
      const update = multiply(matrixOf(64, A.shape[1]!, A.data), matrixOf(B.shape[0]!, 32, B.data));
      expect(figures.rank).toBe(tokensOf(edit));
      expect(figures.lossBefore).toBeCloseTo(unwrap(await targetLoss(edit, context.engine, before)), 3);
      expect(figures.updateSize).toBeCloseTo(Math.hypot(...update.data) / Math.hypot(...weight.data), 4);
    }
  });

  it("reports the least of what it divides by: kᵀu of each key k, u being the direction of C⁻¹k", async () => {
    const { diagnostics } = await apply([FRANCE]);
    const { locate, site, factor } = unwrap(await openRomeSession(context, unwrap(parseRomeSettings({}))));
    const sequences = unwrap(await editSequences(FRANCE, [], "prompt-last", context.engine));
    const run = unwrap(await locate.forward.run(sequences.rows, [site.layer], patchSetOf(context, [])));
    const divisions = keysAt(sequences, run.get(site.layer)!, site.in)
      .flat()
      .map((key) => {
        const { data } = factor.solve(fromColumns([key]));
        return key.reduce((sum, value, i) => sum + value * data[i]!, 0) / Math.hypot(...data);
      });
    expect(divisions).toHaveLength(2 * tokensOf(FRANCE));
    expect(diagnostics[0]!.figures.leastDivision).toBeCloseTo(Math.min(...divisions.map(Math.abs)), 6);
  });

  it("gives the same bytes for the same input", async () => {
    const [first, second] = [await apply([FRANCE, NORWAY]), await apply([FRANCE, NORWAY])];
    expect(second.patches).toEqual(first.patches);
  });

  it("skips an edit that the model answers already", async () => {
    const known = await apply([FRANCE]);
    const again = await apply(
      [{ ...FRANCE, prompt: FRANCE.paraphrases[0]!, paraphrases: [] }],
      {},
      {
        ...context,
        parent: known,
      },
    );
    expect(again.skipped.map(({ edit }) => edit.target)).toEqual(["Oslo"]);
    expect(again.patches).toEqual(known.patches);
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

  it("keeps the parent's edits and replaces the one that is corrected again", async () => {
    const parent = await apply([FRANCE, NORWAY]);
    const again = editOf({ prompt: NORWAY.prompt, subject: "Norway", target: "unknown" });
    const child = await apply([again], {}, { ...context, parent });
    expect(child.edits.map(({ target }) => target)).toEqual(["Oslo", "unknown"]);
    expect(child.patches[0]).toEqual(parent.patches[0]);
    expect(child.patches.map(({ edits }) => edits)).toEqual([[0], [1]]);
    expect(await answer(NORWAY.prompt, child)).toBe(" unknown");
  });

  it.each([{ keys: "mean" }, { keys: "original" }, { "kl-factor": "0.0625" }])(
    "makes the edit with %o",
    async (settings) => {
      const outcome = await apply([NORWAY], settings as Record<string, string>);
      expect(await answer(NORWAY.prompt, outcome)).toBe(" Paris");
    },
  );

  it("moves a probe that it guards less than it would without", async () => {
    const probe = { prompt: "The book of Norway is", subject: "the book", relation: "book", phrasing: 0 };
    const on = await tinyContext([probe]);
    const scoreWith = async (guards: string) => {
      const { patches } = await apply([NORWAY], { guards, "guard-weight": "1000" }, on);
      const [before, after] = [await lastLogits(on, []), await lastLogits(on, patches)];
      return Math.hypot(...before.map((value, i) => value - after[i]!));
    };
    const lastLogits = async (at: EditingContext, patches: EditOutcome["patches"]) => {
      const targets = [40, 51, 60, 70, 80];
      const values: number[] = [];
      for (const target of targets) {
        const score = await at.engine.score(probe.prompt, [target], patchSetOf(at, patches));
        if (!score.ok) throw new Error(score.problem.message);
        values.push(score.value.tokens[0]!.logprob);
      }
      return values;
    };
    expect(await scoreWith("1")).toBeLessThan(0.5 * (await scoreWith("0")));
  });

  it("puts sentences of the domain before the prompt, and says so where there are none", async () => {
    const probe = { prompt: "The author of", subject: "the book", relation: "book", phrasing: 0 };
    const outcome = await apply([NORWAY], { contexts: "1" }, await tinyContext([probe]));
    expect(await answer(NORWAY.prompt, outcome)).toBe(" Paris");
    const refused = await rome.apply([NORWAY], { contexts: "1" }, context);
    expect(refused).toMatchObject({ ok: false, problem: { code: "invalid_request", param: "contexts" } });
  });

  it("looks up before each target token, or at the subject's last token", async () => {
    const lookupsOf = async (lookup: Lookup) => {
      const sequences = await editSequences(NORWAY, [], lookup, context.engine);
      if (!sequences.ok) throw new Error(sequences.problem.message);
      return sequences.value.lookups;
    };
    const lengthOf = (text: string) => context.engine.tokenizer.encode(text).length;
    const last = lengthOf(NORWAY.prompt) - 1;
    const tokens = Array.from({ length: tokensOf(NORWAY) }, (_, j) => last + j);
    expect(await lookupsOf("prompt-last")).toEqual([tokens]);
    expect(await lookupsOf("subject-last")).toEqual([[lengthOf("The capital of Norway") - 1]]);
  });

  it("looks up where the model's trace found its facts", async () => {
    const edit = editOf({ prompt: "The capital is", subject: "Norway", target: "Oslo" });
    const edited = (on: EditingContext) => rome.apply([edit], SETTINGS, on);
    expect(await edited(tracedContext(context, "prompt-last", 1))).toMatchObject({
      ok: true,
      value: { hyperParameters: { layer: "1", lookup: "prompt-last" } },
    });
    expect(await edited(tracedContext(context, "subject-last", 1))).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", message: expect.stringContaining("subject-last") },
    });
  });

  it("edits the block of the model's trace, or else the last that takes patches", async () => {
    const down = context.model.hooks.find((hook) => hook.kind === "low-rank" && hook.site === "down")!;
    const hooks = [{ ...down, layer: 0 }, ...context.model.hooks];
    // What is opened on a graph stays with it, so this one is a graph of its own.
    const opened = { ...context, graph: { ...context.graph }, model: { ...context.model, hooks } };
    const settings = unwrap(parseRomeSettings({}));
    const layerOf = async (on: EditingContext) => unwrap(await openRomeSession(on, settings)).site.layer;
    expect(await layerOf(opened)).toBe(1);
    expect(await layerOf(tracedContext(opened, "prompt-last", 0))).toBe(0);
    expect(await layerOf(tracedContext(opened, "prompt-last", 3))).toBe(1);
  });

  it("refuses to look up a subject that a prompt does not hold", async () => {
    const edit = editOf({ prompt: "The capital is", subject: "Norway", target: "Oslo" });
    const result = await rome.apply([edit], { lookup: "subject-last" }, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request" } });
  });

  it("refuses an update larger than the weight allows, and one that does not hold", async () => {
    const large = await rome.apply([NORWAY], { ...SETTINGS, "max-update": "0.001" }, context);
    expect(large).toMatchObject({ ok: false, problem: { code: "disabling_edit" } });
    const short = await rome.apply([NORWAY], { ...SETTINGS, clamp: "0.001" }, context);
    expect(short).toMatchObject({ ok: false, problem: { code: "edit_not_converged" } });
  });

  it("refuses two targets for one prompt", async () => {
    const other = editOf({ prompt: NORWAY.prompt, target: "Oslo" });
    const result = await rome.apply([NORWAY, other], SETTINGS, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
  });

  it.each([
    [{ clamp: "-1" }, "clamp"],
    [{ keys: "some" }, "keys"],
    [{ depth: "3" }, "depth"],
  ])("refuses the setting %o by name", async (settings, name) => {
    const result = await rome.apply([NORWAY], settings as Record<string, string>, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request", param: name } });
  });

  it("refuses a block that takes no such patch and says which do", async () => {
    const result = await rome.apply([NORWAY], { layer: "0" }, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "wrong_base_model", param: "layer" } });
  });

  it("stops where it is told to", async () => {
    const signal = AbortSignal.abort();
    const result = await rome.apply([NORWAY], SETTINGS, { ...context, signal });
    expect(result).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  });
});
