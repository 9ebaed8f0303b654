import { beforeAll, describe, expect, it } from "vitest";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { kn } from "../../../src/edit/kn/kn.ts";
import { selectNeurons } from "../../../src/edit/kn/knowledge-neurons.ts";
import { openNeuronAttribution } from "../../../src/edit/kn/neuron-attribution.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { readValueRows } from "../../../src/edit/neurons/value-rows.ts";
import { greedyTokens } from "../../../src/edit/running/greedy-answer.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import { modelFeeds } from "../../../src/onnx/model-feeds.ts";
import { floatTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { removePatchInputs } from "../../../src/onnx/remove-patch-inputs.ts";
import { interceptTensor } from "../../../src/onnx/surgery/intercept-tensor.ts";
import { TINY_MODEL } from "../../fixtures/tiny-model.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { editOf, tinyContext } from "../support/tiny-context.ts";

const PROMPT = "The capital of France is";

/** Of finite differences, in a scale of about 1. */
const STEP = 1e-2;

/** Every unit that helps at all. */
const NO_THRESHOLD = { threshold: 0, share: 0.5 };

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

const promptIds = () => context.engine.tokenizer.encode(PROMPT);

/** What the bare model says after `ids`, alone. */
const nextToken = async (ids: readonly number[]) => {
  const { end } = context.model.specialTokens;
  const [said = end] = await greedyTokens(context.engine, ids, 1);
  return said;
};

/** By block: the probability of a token after a prompt whose last token has the block's activations scaled. */
type ScaledProbability = (prompt: readonly number[], token: number, scale: number) => Promise<number>;

/** The bare model over the whole prompt at once, without a cache, with one block's activations times an input. */
const scaledProbability = async (block: number): Promise<ScaledProbability> => {
  const { model } = context;
  const bare = removePatchInputs(context.graph);
  const { input } = unwrap(findDecoder(bare)).blocks[block]!.feedForward.down;
  const scaled = unwrap(
    interceptTensor(bare, input, (b) =>
      b.op("Mul", [input, b.input("factors", "float32", [1, "sequence", 1])]),
    ),
  );
  const session = unwrap(await openOfflineSession(scaled));
  const { logits } = model.io;
  return async (prompt, token, scale) => {
    const factors = Float32Array.from(prompt, (_, at) => (at === prompt.length - 1 ? scale : 1));
    const feeds = { ...modelFeeds(model, prompt), factors: floatTensor([1, prompt.length, 1], factors) };
    const outputs = await session.run(feeds, [logits]);
    const last = (outputs[logits]!.data as Float32Array).slice(-model.dims.vocabulary);
    return Math.exp(last[token]!) / last.reduce((sum, value) => sum + Math.exp(value), 0);
  };
};

const attributionOf = async (prompt: readonly number[], token: number, steps: number) => {
  const attribution = unwrap(await openNeuronAttribution(context.model, context.graph, steps));
  return unwrap(await attribution.attribute(prompt, token));
};

const sumOf = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe("integrated gradients", () => {
  it("converge as Riemann sums do: two step counts differ by what the finer one says of the coarser", async () => {
    const sums: number[] = [];
    for (const steps of [25, 50, 100]) {
      const [, block] = await attributionOf(promptIds(), 40, steps);
      sums.push(sumOf(block!));
    }
    const [coarse, finer, finest] = sums as [number, number, number];
    expect(Math.abs(finest - finer)).toBeLessThan(Math.abs(finer - coarse) * 0.75 + 1e-6);
  });

  // Of one token, and up to and beyond a padded cache.
  it.each([1, 2, 6, 9, 10, 17])(
    "are the mean slope of the probability along the path, by finite differences, after %d tokens",
    async (length) => {
      const prompt = Array.from({ length }, (_, at) => (at * 37 + 11) % context.model.dims.vocabulary);
      const attributions = await attributionOf(prompt, 40, 3);
      expect(attributions).toHaveLength(TINY_MODEL.layers);
      for (const [block, attribution] of attributions.entries()) {
        const probability = await scaledProbability(block);
        const slopeAt = async (scale: number) =>
          (await probability(prompt, 40, scale + STEP)) - (await probability(prompt, 40, scale - STEP));
        const slopes = [await slopeAt(1 / 3), await slopeAt(2 / 3), await slopeAt(1)];
        const expected = slopes.reduce((sum, slope) => sum + slope / (2 * STEP), 0) / 3;
        const magnitude = slopes.reduce((sum, slope) => sum + Math.abs(slope) / (2 * STEP), 0) / 3;
        expect(Math.abs(sumOf(attribution) - expected)).toBeLessThan(1e-2 * magnitude);
      }
    },
  );

  it("add up to the probability that a block's activations at the last token bring (completeness)", async () => {
    const token = await nextToken(promptIds());
    const attributions = await attributionOf(promptIds(), token, 150);
    expect(attributions).toHaveLength(TINY_MODEL.layers);
    for (const [block, attribution] of attributions.entries()) {
      const probability = await scaledProbability(block);
      const whole = await probability(promptIds(), token, 1);
      const without = await probability(promptIds(), token, 0);
      expect(sumOf(attribution)).toBeCloseTo(whole - without, 2);
    }
  });

  it("refuses a prompt longer than the context", async () => {
    const attribution = unwrap(await openNeuronAttribution(context.model, context.graph, 1));
    const prompt = new Array<number>(context.model.dims.context + 1).fill(5);
    expect(await attribution.attribute(prompt, 40)).toMatchObject({
      ok: false,
      problem: { code: "prompt_too_long", param: "prompt" },
    });
    unwrap(await attribution.attribute(prompt.slice(1), 40));
  });
});

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

/** The unit that each column of a patch's A picks; each must pick one. */
const picksOf = ({ tensors: { A } }: LowRankPatch): number[] => {
  const [units, rank] = A.shape as [number, number];
  return Array.from({ length: rank }, (_, column) => {
    const picked = Array.from({ length: units }, (_, unit) => A.data[unit * rank + column]!);
    expect(picked.toSorted().slice(-2)).toEqual([0, 1]);
    return picked.indexOf(1);
  });
};

describe("kn", () => {
  const edit = () => editOf({ prompt: PROMPT, target: "Oslo" });

  it("moves rows from what the model says to what it should, at each token of the target", async () => {
    const settings = { threshold: "0", neurons: "3", old: "2", new: "3" };
    const { patches, diagnostics } = unwrap(await kn.apply([edit()], settings, context));
    const [patch] = patches as [LowRankPatch];
    expect(patch).toMatchObject({ kind: "low-rank", layer: 1, site: "down", edits: [0] });
    const rows = unwrap(readValueRows(context.graph));
    const target = context.engine.tokenizer.encodeContinuation(" Oslo");
    const wanted = [...target, context.model.specialTokens.end];
    expect(target.length).toBeGreaterThan(1);
    const attribution = unwrap(await openNeuronAttribution(context.model, context.graph, 20));
    const picks: number[] = [];
    const changes: number[] = [];
    for (const [index, token] of wanted.entries()) {
      const asked = [...promptIds(), ...wanted.slice(0, index)];
      const said = await nextToken(asked);
      if (said === token) continue;
      const found = selectNeurons([unwrap(await attribution.attribute(asked, said))], NO_THRESHOLD);
      const strongest = found.filter(({ block }) => block === 1).slice(0, 3);
      picks.push(...strongest.map(({ unit }) => unit));
      const [lost, gained] = [rows.embedding(said), rows.embedding(token)];
      for (const _ of strongest) changes.push(...lost.map((value, i) => 3 * gained[i]! - 2 * value));
    }
    expect(picks.length).toBeGreaterThan(3);
    expect(picksOf(patch)).toEqual(picks);
    expect(diagnostics[0]!.figures.neurons).toBe(picks.length);
    expect(patch.tensors.B.shape).toEqual([picks.length, context.model.dims.width]);
    for (const [i, value] of patch.tensors.B.data.entries()) expect(value).toBeCloseTo(changes[i]!, 4);
  });

  it("makes the target likelier, with enough of its embedding", async () => {
    const losses: number[] = [];
    for (const gained of ["0", "2"]) {
      const settings = { threshold: "0", neurons: "20", old: "0", new: gained };
      const { diagnostics } = unwrap(await kn.apply([edit()], settings, context));
      losses.push(diagnostics[0]!.loss);
    }
    expect(losses[1]).toBeLessThan(losses[0]!);
  });

  it("erases rows: their units then write nothing", async () => {
    const settings = { operation: "erase", threshold: "0", neurons: "4" };
    const { patches } = unwrap(await kn.apply([edit()], settings, context));
    const [patch] = patches as [LowRankPatch];
    const rows = unwrap(readValueRows(context.graph));
    const picks = picksOf(patch);
    expect(picks).toHaveLength(4);
    for (const [column, unit] of picks.entries())
      for (const [i, value] of rows.row(1, unit).entries())
        expect(patch.tensors.B.data[column * context.model.dims.width + i]! + value).toBe(0);
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
    [{ neurons: "0" }, "neurons"],
    [{ reach: "3" }, "reach"],
  ])("refuses the settings %j", async (settings, name) => {
    expect(await kn.apply([edit()], settings as Record<string, string>, context)).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: name },
    });
  });
});
