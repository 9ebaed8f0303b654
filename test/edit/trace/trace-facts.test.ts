import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EditingContext } from "../../../src/edit/method.ts";
import { adviseSite, averageTraces, type RoleEffects } from "../../../src/edit/trace/average-traces.ts";
import { restoredBlocks, traceFact, windowFor } from "../../../src/edit/trace/trace-fact.ts";
import { openFact, traceFacts } from "../../../src/edit/trace/trace-facts.ts";
import { embeddingDeviation, normalNoise } from "../../../src/edit/trace/trace-noise.ts";
import { openTraceSession, TRACE_SITES, type TraceSession } from "../../../src/edit/trace/trace-session.ts";
import { tinyEmbedding } from "../../fixtures/tiny-model.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;
let session: TraceSession;

beforeAll(async () => {
  context = await tinyContext();
  session = unwrap(await openTraceSession(context.model, context.graph));
});
afterAll(() => session.release());

const FACT = { prompt: "The capital of France is", subject: "France" };
const settingsOf = (noise: number) => ({ noise, seed: 1, window: 1 });

const trace = async (noise: number, seed = 1) => {
  const tokenizer = context.engine.tokenizer;
  const { prompt, clean, answer } = unwrap(
    await openFact(session, FACT, tokenizer, context.model.dims.context),
  );
  const settings = { ...settingsOf(noise), seed };
  return { prompt, trace: unwrap(await traceFact(session, prompt, clean, answer, settings)) };
};

describe("traceFact", () => {
  it("finds no effect where there is no noise", async () => {
    const { trace: found } = await trace(0);
    expect(found.corrupted).toBeCloseTo(found.clean, 5);
    for (const site of TRACE_SITES)
      for (const effect of found.effects[site].flat()) expect(effect).toBeCloseTo(0, 5);
  });

  it("gives a grid of tokens by blocks for each site; tokens before the subject have no effect", async () => {
    const { prompt, trace: found } = await trace(2);
    for (const site of TRACE_SITES) {
      expect(found.effects[site]).toHaveLength(prompt.ids.length);
      for (const row of found.effects[site]) expect(row).toHaveLength(3);
      for (const row of found.effects[site].slice(0, prompt.subject.start)) expect(row).toEqual([0, 0, 0]);
    }
    // The whole of the last token's stream, restored at the end, is the clean run.
    expect(found.corrupted + found.effects.residual.at(-1)!.at(-1)!).toBeCloseTo(found.clean, 5);
  });

  it("is the same for the same seed, and another for another", async () => {
    expect(await trace(2)).toEqual(await trace(2));
    expect((await trace(2, 2)).trace.corrupted).not.toBe((await trace(2)).trace.corrupted);
  });
});

describe("windows", () => {
  it("scale with depth as the reference's ten of 48", () => {
    expect([1, 4, 12, 24, 48].map(windowFor)).toEqual([1, 1, 3, 5, 10]);
  });

  it("lie around their block as the reference's do, and end with the model", () => {
    expect(restoredBlocks("ffn", 20, 10, 48)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(restoredBlocks("attention", 0, 3, 12)).toEqual([0, 1]);
    expect(restoredBlocks("ffn", 11, 3, 12)).toEqual([10, 11]);
    expect(restoredBlocks("ffn", 2, 1, 4)).toEqual([2]);
    expect(restoredBlocks("residual", 2, 3, 12)).toEqual([2]);
  });
});

describe("the noise", () => {
  it("has the deviation of the subjects' embeddings over tokens and dimensions", () => {
    const { tokenizer } = context.engine;
    const ids = ["France", "Norway"].flatMap((subject) => tokenizer.encode(subject));
    const values = ids.flatMap((id) => Array.from(tinyEmbedding(id)));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(embeddingDeviation(["France", "Norway"], tokenizer, session.embedding, 32)).toBeCloseTo(
      Math.sqrt(variance),
      6,
    );
  });

  it("is normal", () => {
    const noise = normalNoise(20_000, 2, 7);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(deviation).toBeCloseTo(2, 1);
    expect(noise.filter((value) => Math.abs(value) < 2).length / noise.length).toBeCloseTo(0.683, 1);
  });
});

describe("averages", () => {
  it("weigh facts alike, however many tokens of a role they have", async () => {
    const one = await trace(2);
    const rows = one.trace.effects.ffn.slice(one.prompt.subject.start, one.prompt.subject.end);
    const average = averageTraces([one, one]);
    expect(average.facts).toBe(2);
    expect(average.clean).toBeCloseTo(one.trace.clean, 12);
    expect(average.effects.ffn["prompt-last"]).toEqual(one.trace.effects.ffn.at(-1));
    expect(average.effects.ffn["subject-last"]).toEqual(rows.at(-1));
  });

  it("leave out facts that the model does not know, and say so where it knows none", async () => {
    const parts = {
      session,
      model: context.model,
      tokenizer: context.engine.tokenizer,
      settings: settingsOf(2),
      onProgress: () => undefined,
    };
    const mixed = unwrap(await traceFacts([FACT, { ...FACT, answer: "Zzz" }], parts));
    expect(mixed).toMatchObject({ unknown: 1, average: { facts: 1 } });
    expect(await traceFacts([{ ...FACT, answer: "Zzz" }], parts)).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", message: expect.stringContaining("knows none of the 1 facts") },
    });
  });

  it.each([
    [[0.1, 0.4, 0.2], [0.3, 0.1, 0], { lookup: "subject-last", layer: 1 }],
    [[0.1, 0.2, 0.2], [0.3, 0.1, 0.5], { lookup: "prompt-last", layer: 2 }],
    [null, [-0.3, -0.1, -0.2], { lookup: "prompt-last", layer: 1 }],
  ])("advise by the peak of the FFN: %j against %j", (subject, prompt, site) => {
    const none = { "subject-first": null, "subject-middle": null, further: null };
    const flat: RoleEffects = { ...none, "subject-last": [1, 1, 1], "prompt-last": [1, 1, 1] };
    const ffn = { ...none, "subject-last": subject, "prompt-last": prompt };
    expect(adviseSite({ effects: { residual: flat, ffn, attention: flat } })).toEqual(site);
  });
});
