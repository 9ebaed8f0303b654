import { beforeAll, describe, expect, it } from "vitest";
import type { LowRankPatch } from "../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET } from "../../src/core/patch/patch-set.ts";
import { OLD_ANSWER_TOKENS } from "../../src/edit/apply-kn.ts";
import { greedyAnswer } from "../../src/edit/greedy-answer.ts";
import { kn } from "../../src/edit/kn.ts";
import { selectNeurons } from "../../src/edit/knowledge-neurons.ts";
import type { EditingContext } from "../../src/edit/method.ts";
import { openNeuronAttribution } from "../../src/edit/neuron-attribution.ts";
import { readValueRows } from "../../src/edit/value-rows.ts";
import { unwrap } from "../onnx/support/unwrap.ts";
import { editOf, patchSetOf, tinyContext } from "./support/tiny-context.ts";

const PROMPT = "The capital of France is";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

const promptIds = () => context.engine.tokenizer.encode(PROMPT);

/** The probability of `token` with some units' value rows erased at every position. */
const probabilityUnder = async (token: number, patch: LowRankPatch | null) => {
  const set = patch ? patchSetOf(context, [patch]) : EMPTY_PATCH_SET;
  const score = unwrap(await context.engine.score(PROMPT, [token], set));
  return Math.exp(score.tokens[0]!.logprob);
};

describe("integrated gradients", () => {
  it("converge as Riemann sums do: two step counts differ by what the finer one says of the coarser", async () => {
    const sums: number[] = [];
    for (const steps of [25, 50, 100]) {
      const attribution = unwrap(await openNeuronAttribution(context.model, context.graph, steps));
      const [, block] = unwrap(await attribution.attribute(promptIds(), 40));
      sums.push(block!.reduce((sum, value) => sum + value, 0));
      await attribution.release();
    }
    const [coarse, finer, finest] = sums as [number, number, number];
    expect(Math.abs(finest - finer)).toBeLessThan(Math.abs(finer - coarse) * 0.75 + 1e-6);
  });

  it("add up to the probability that the block's activations at the last token bring (completeness)", async () => {
    const token = 40;
    const steps = 150;
    const attribution = unwrap(await openNeuronAttribution(context.model, context.graph, steps));
    const attributions = unwrap(await attribution.attribute(promptIds(), token));
    await attribution.release();
    // In the last block the down-projection's input at the last token reaches the answer alone, so that erasing
    // every row there is the same as setting its activations to zero.
    const last = context.model.layers - 1;
    const sum = attributions[last]!.reduce((total, value) => total + value, 0);
    const whole = await probabilityUnder(token, null);
    const without = await probabilityWithoutFfn(token, last);
    expect(sum).toBeCloseTo(whole - without, 3);
  });
});

/** The probability of `token` with the block's activations at the last token set to zero, by the trace of a run. */
const probabilityWithoutFfn = async (token: number, block: number): Promise<number> => {
  const { findDecoder } = await import("../../src/onnx/find-decoder.ts");
  const { removePatchInputs } = await import("../../src/onnx/remove-patch-inputs.ts");
  const { interceptTensor } = await import("../../src/onnx/surgery/intercept-tensor.ts");
  const { openOfflineSession } = await import("../../src/onnx/offline-session.ts");
  const { modelFeeds } = await import("../../src/edit/model-feeds.ts");
  const bare = removePatchInputs(context.graph);
  const { input } = unwrap(findDecoder(bare)).blocks[block]!.feedForward.down;
  const silent = unwrap(interceptTensor(bare, input, (b) => b.op("Mul", [input, b.floats([0])])));
  const session = unwrap(await openOfflineSession(silent));
  const { logits } = context.model.io;
  const outputs = await session.run(modelFeeds(context.model, promptIds()), [logits]);
  await session.release();
  const last = (outputs[logits]!.data as Float32Array).slice(-context.model.dims.vocabulary);
  const total = last.reduce((sum, value) => sum + Math.exp(value), 0);
  return Math.exp(last[token]!) / total;
};

describe("selectNeurons", () => {
  const phrasings = [
    [Float32Array.of(0.1, 0.9, 0), Float32Array.of(0.5, 0, -2)],
    [Float32Array.of(0, 0.4, 0), Float32Array.of(0.05, 0.4, 0)],
  ];

  it("keeps what exceeds the threshold in enough phrasings, the strongest first", () => {
    const all = selectNeurons(phrasings, { threshold: 0.2, share: 0.5 });
    expect(all.map(({ block, unit }) => [block, unit])).toEqual([[0, 1]]);
    const any = selectNeurons(phrasings, { threshold: 0.2, share: 0.4 });
    expect(any.map(({ block, unit }) => [block, unit])).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(any[0]!.attribution).toBeCloseTo(0.65, 6);
  });
});

describe("kn", () => {
  const edit = () => editOf({ prompt: PROMPT, target: "Oslo" });

  it("moves the rows of the neurons by the embeddings of the old answer and the target", async () => {
    const settings = { threshold: "0", old: "2", new: "3" };
    const { patches, diagnostics } = unwrap(await kn.apply([edit()], settings, context));
    const [patch] = patches as [LowRankPatch];
    expect(patch).toMatchObject({ kind: "low-rank", layer: 1, site: "down", edits: [0] });
    const rank = patch.tensors.B.shape[0]!;
    expect(diagnostics[0]!.figures.neurons).toBe(rank);
    const { tokenizer } = context.engine;
    const answer = await greedyAnswer(context.engine, PROMPT, EMPTY_PATCH_SET);
    const old = tokenizer.encodeContinuation(answer).slice(0, OLD_ANSWER_TOKENS);
    const rows = unwrap(readValueRows(context.graph));
    const expected = rows.embedding(0).map((_, i) => {
      const sum = (tokens: readonly number[]) =>
        tokens.reduce((total, token) => total + rows.embedding(token)[i]!, 0);
      return 3 * sum(tokenizer.encodeContinuation(" Oslo")) - 2 * sum(old);
    });
    for (let row = 0; row < rank; row++)
      for (let i = 0; i < expected.length; i++)
        expect(patch.tensors.B.data[row * expected.length + i]).toBeCloseTo(expected[i]!, 4);
    // One pick a column.
    for (let column = 0; column < rank; column++) {
      const picks = Array.from({ length: 64 }, (_, unit) => patch.tensors.A.data[unit * rank + column]!);
      expect(picks.toSorted().slice(-2)).toEqual([0, 1]);
    }
  });

  it("erases rows: their units then write nothing", async () => {
    const { patches } = unwrap(await kn.apply([edit()], { operation: "erase", threshold: "0" }, context));
    const [patch] = patches as [LowRankPatch];
    const rows = unwrap(readValueRows(context.graph));
    const rank = patch.tensors.B.shape[0]!;
    for (let column = 0; column < rank; column++) {
      const unit = Array.from({ length: 64 }, (_, i) => i).find(
        (i) => patch.tensors.A.data[i * rank + column] === 1,
      )!;
      const row = rows.row(1, unit);
      for (const [i, value] of row.entries())
        expect(patch.tensors.B.data[column * row.length + i]! + value).toBe(0);
    }
  });

  it("skips an edit whose neurons are where no hook is, and says where they are", async () => {
    const hooks = context.model.hooks.map((hook) =>
      hook.kind === "low-rank" && hook.site === "down" ? { ...hook, layer: 99 } : hook,
    );
    const elsewhere = { ...context, model: { ...context.model, hooks } };
    const { patches, skipped } = unwrap(await kn.apply([edit()], {}, elsewhere));
    expect(patches).toEqual([]);
    expect(skipped[0]!.reason).toMatch(/without a hook on their down-projection \([\d, ]+\)/);
  });

  it.each([
    [{ steps: "0" }, "steps"],
    [{ threshold: "1" }, "threshold"],
    [{ reach: "3" }, "reach"],
  ])("refuses the settings %j", async (settings, name) => {
    expect(await kn.apply([edit()], settings as Record<string, string>, context)).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: name },
    });
  });
});
