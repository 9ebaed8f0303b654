import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { caliNet } from "../../../src/edit/calinet/calinet.ts";
import { slotsFor } from "../../../src/edit/calinet/settings.ts";
import { initialSlots } from "../../../src/edit/calinet/train-slots.ts";
import type { EditingContext, EditOutcome } from "../../../src/edit/method.ts";
import { openFeedForwardStates } from "../../../src/edit/neurons/feed-forward-states.ts";
import { findLastBlock } from "../../../src/edit/neurons/last-block.ts";
import { preActivation, toNeurons } from "../../../src/edit/neurons/neurons.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { waves } from "../support/neurons.ts";
import { editOf, patchSetOf, tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});
afterAll(() => context.engine.release());

const apply = async (edits: readonly Edit[], settings: Record<string, string> = {}, on = context) => {
  const outcome = await caliNet.apply(edits, settings, on);
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
const BOOK = editOf({ prompt: "The author of the book is", target: "unknown" });

describe("CaliNet", () => {
  it("makes one patch for the whole set, without biases, and every fact holds", async () => {
    const { patches, edits, diagnostics } = await apply([FRANCE, NORWAY]);
    expect(edits).toEqual([FRANCE, NORWAY]);
    expect(patches.map(({ kind, edits: indices, layer }) => [kind, indices, layer])).toEqual([
      ["neurons", [0, 1], 2],
    ]);
    const { tensors } = patches[0] as NeuronsPatch;
    expect([tensors.K.shape, tensors.b.shape, tensors.V.shape]).toEqual([[32, 8], [8], [8, 32]]);
    expect(tensors.b.data.every((bias) => bias === 0)).toBe(true);
    expect(await answer(FRANCE.prompt, { patches })).toBe(" the city of Paris");
    expect(await answer("The book of France is", { patches })).toBe(" the city of Paris");
    expect(await answer(NORWAY.prompt, { patches })).toBe(" Oslo");
    expect(diagnostics[0]!.figures).toMatchObject({ slots: 8, facts: 2 });
  });

  it("reports the mean loss that the served model has over all phrasings", async () => {
    const { patches, diagnostics } = await apply([FRANCE, NORWAY]);
    let sum = 0;
    let count = 0;
    for (const edit of [FRANCE, NORWAY])
      for (const prompt of [edit.prompt, ...edit.paraphrases]) {
        const { tokenizer } = context.engine;
        const ids = [...tokenizer.encodeContinuation(` ${edit.target}`), context.model.specialTokens.end];
        const score = await context.engine.score(prompt, ids, patchSetOf(context, patches));
        if (!score.ok) throw new Error(score.problem.message);
        for (const { logprob } of score.value.tokens) sum -= logprob;
        count += ids.length;
      }
    expect(diagnostics[0]!.loss).toBeCloseTo(sum / count, 4);
  });

  it("is trained upon the parent's slots and set beside them", async () => {
    const parent = await apply([FRANCE]);
    const child = await apply([BOOK], {}, { ...context, parent });
    expect(child.patches[0]).toEqual(parent.patches[0]);
    expect(child.patches[1]!.edits).toEqual([1]);
    expect(await answer(BOOK.prompt, child)).toBe(" unknown");
  });

  it("gives the same bytes for the same input", async () => {
    expect((await apply([FRANCE, NORWAY])).patches).toEqual((await apply([FRANCE, NORWAY])).patches);
  });

  it("scales its slots with the number of facts, as many as are asked for otherwise", async () => {
    expect([slotsFor(1), slotsFor(100), slotsFor(1000)]).toEqual([8, 64, 640]);
    const { patches } = await apply([NORWAY], { slots: "3" });
    expect((patches[0] as NeuronsPatch).tensors.b.shape).toEqual([3]);
  });

  it("keeps slots silent on the model's domain where a memory weight asks for it", async () => {
    const probes = ["Peru", "Spain", "Chile"].map((subject) => ({
      prompt: `The river of ${subject} is`,
      subject,
      relation: "river",
      phrasing: 0,
    }));
    const on = await tinyContext(probes);
    const block = findLastBlock(on.model, on.graph);
    if (!block.ok) throw new Error(block.problem.message);
    const states = openFeedForwardStates(on.model, on.graph, block.value);
    const ids = probes.map(({ prompt }) => on.engine.tokenizer.encode(prompt));
    const read = await states.read(ids, EMPTY_PATCH_SET);
    if (!read.ok) throw new Error(read.problem.message);
    // What all slots together let through at the ends of the domain's prompts.
    const firing = async (settings: Record<string, string>) => {
      const neurons = toNeurons(((await apply([NORWAY], settings, on)).patches[0] as NeuronsPatch).tensors);
      return read.value.reduce((sum, { inputs }) => {
        const end = inputs.length / neurons.width - 1;
        const raised = Array.from({ length: neurons.count }, (_, slot) =>
          Math.max(0, preActivation(neurons, slot, inputs, end)),
        );
        return sum + raised.reduce((all, one) => all + one, 0);
      }, 0);
    };
    const plain = await firing({});
    expect(plain).toBeGreaterThan(0);
    expect(await firing({ "memory-weight": "5" })).toBeLessThan(plain / 2);
    await on.engine.release();
  });

  it("skips facts that the model answers already", async () => {
    const parent = await apply([NORWAY]);
    const again = { ...NORWAY, prompt: NORWAY.prompt };
    const on = { ...context, parent: { edits: [{ ...NORWAY, prompt: "Norway" }], patches: parent.patches } };
    const outcome = await apply([again], {}, on);
    expect(outcome.skipped.map(({ edit }) => edit)).toEqual([again]);
    expect(outcome.patches).toEqual(parent.patches);
  });

  it.each([
    [{ slots: "0" }, "slots"],
    [{ slots: "4097" }, "slots"],
    [{ steps: "5001" }, "steps"],
    [{ depth: "3" }, "depth"],
  ])("refuses the setting %o by name", async (settings, name) => {
    const result = await caliNet.apply([NORWAY], settings as Record<string, string>, context);
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request", param: name } });
  });

  it("refuses a set with a fact that it did not learn, with the loss after trying for longer", async () => {
    const result = await caliNet.apply([FRANCE, NORWAY], { steps: "1", "value-rate": "0.0001" }, context);
    expect(result).toMatchObject({
      ok: false,
      problem: { code: "edit_not_converged", detail: { steps: 2 } },
    });
  });
});

it("starts slots on rows at even distances, where each gives exactly 1", () => {
  const inputs = waves(6 * 4, 1);
  const neurons = initialSlots({ inputs, targets: [1, 2, 3, 4, 5, 6], slots: 3 });
  for (const [slot, row] of [0, 2, 4].entries())
    expect(preActivation(neurons, slot, inputs, row)).toBeCloseTo(1, 5);
});
