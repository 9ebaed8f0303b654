import { beforeAll, describe, expect, test } from "vitest";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { TINY_MODEL, tinyEmbedding, tinyModel } from "../../fixtures/tiny-model.ts";
import { answerTo, must, openEngine, request } from "../support/engines.ts";
import { codebookPatch, neuronsPatch, rankOnePatch, setOf } from "../support/patches.ts";

const PROMPT = "The capital of France is";
const OTHER = "The author of the book is";
const TARGET = " Oslo";
const END = 0;
const LAST = 2;

let engine: Engine;
/** The state of PROMPT at the last block's output, and the tokens of the target with the end of the answer. */
let key: Float32Array;
let targets: number[];

beforeAll(async () => {
  engine = await openEngine(await tinyModel());
  key = must(await engine.query(PROMPT, [LAST])).get(LAST)!;
  targets = [...engine.tokenizer.encodeContinuation(TARGET), END];
});

const scaled = (vector: Float32Array, factor: number): Float32Array => vector.map((x) => x * factor);

/** At the last block, a state along a token's embedding makes that token the most probable one. */
const valueFor = (token: number): Float32Array => scaled(tinyEmbedding(token), 50);

const entry = (changes: Partial<Parameters<typeof codebookPatch>[2]> = {}) =>
  codebookPatch("fact", LAST, { key, radius: 1, values: targets.map(valueFor), targets, ...changes });

const answer = (patches: PatchSet, prompt = PROMPT) => answerTo(engine, request(prompt), patches);

describe("a codebook entry that hits", () => {
  test("makes the answer its target of several tokens, and ends it", async () => {
    expect(targets.length).toBeGreaterThan(2);
    const { text, finish } = await answer(setOf(engine.model, entry()));
    expect(text).toBe(TARGET);
    expect(finish.reason).toBe("stop");
    expect(finish.completionTokens).toBe(targets.length - 1);
    expect(finish.fired.map(({ id }) => id)).toEqual(["fact"]);
  });

  test("injects only its first value where there is one value", async () => {
    const single = entry({ values: [valueFor(targets[0]!)], targets: targets.slice(0, 1) });
    const { ids } = await answer(setOf(engine.model, single));
    const bare = must(await engine.score(PROMPT, ids, EMPTY_PATCH_SET));
    expect(ids[0]).toBe(targets[0]);
    expect(bare.greedy).toEqual(ids.map((_, i) => i > 0));
  });

  test("is dropped at the first token that does not follow, and never taken up again", async () => {
    const patches = setOf(engine.model, entry());
    const [first, ...rest] = targets;
    const stray = first === 100 ? 101 : 100;
    const along = [stray, ...rest, 7, 8];
    const patched = must(await engine.score(PROMPT, along, patches));
    const bare = must(await engine.score(PROMPT, along, EMPTY_PATCH_SET));
    expect(patched.tokens[0]!.logprob).not.toBe(bare.tokens[0]!.logprob);
    // The prompt's last token ran a second time, alone: the same sums as in prefill, in another order.
    for (const [i, { logprob }] of patched.tokens.slice(1).entries())
      expect(logprob).toBeCloseTo(bare.tokens[i + 1]!.logprob, 5);
  });

  test("scores its target as it decodes it", async () => {
    const patches = setOf(engine.model, entry());
    const score = must(await engine.score(PROMPT, targets, patches));
    const generated = await answerTo(engine, request(PROMPT, { logprobs: 0 }), patches);
    expect(score.greedy).toEqual(targets.map(() => true));
    expect(score.tokens.slice(0, -1).map(({ logprob }) => logprob)).toEqual(
      generated.tokens.map(({ logprob }) => logprob),
    );
    expect(score.fired.map(({ id }) => id)).toEqual(["fact"]);
  });

  test("reports its distance, radius, patch and row", async () => {
    const near = key.map((x, i) => (i === 0 ? x + 0.5 : x));
    const { finish } = await answer(setOf(engine.model, entry({ key: near })));
    expect(finish.nearest).toMatchObject([
      { layer: LAST, row: 0, radius: 1, hit: true, patch: { id: "fact" } },
    ]);
    expect(finish.nearest[0]!.distance).toBeCloseTo(0.5, 5);
  });
});

describe("a codebook without a hit", () => {
  test("leaves every log-probability as it was, and reports the nearest entry", async () => {
    const far = entry({ radius: 0.001 });
    const patches = setOf(engine.model, far, codebookPatch("further", LAST, { ...farther(), radius: 0.001 }));
    const patched = await answerTo(engine, request(OTHER, { logprobs: 3 }), patches);
    const bare = await answerTo(engine, request(OTHER, { logprobs: 3 }), EMPTY_PATCH_SET);
    expect(patched.tokens).toEqual(bare.tokens);
    expect(patched.finish.fired).toEqual([]);
    const state = must(await engine.query(OTHER, [LAST])).get(LAST)!;
    const distance = Math.hypot(...state.map((x, i) => x - key[i]!));
    expect(patched.finish.nearest).toHaveLength(1);
    expect(patched.finish.nearest[0]).toMatchObject({ hit: false, patch: { id: "fact" } });
    expect(patched.finish.nearest[0]!.distance).toBeCloseTo(distance, 4);
  });

  const farther = () => ({ key: scaled(key, -30), values: [key], targets: [1] });

  test("hits at exactly its radius and not one float below it", async () => {
    const distance = (await answer(setOf(engine.model, entry()), OTHER)).finish.nearest[0]!.distance;
    const below = Math.fround(distance - distance * 2 ** -23);
    expect(below).toBeLessThan(distance);
    const at = await answer(setOf(engine.model, entry({ radius: distance })), OTHER);
    const under = await answer(setOf(engine.model, entry({ radius: below })), OTHER);
    expect(at.finish.nearest[0]!.hit).toBe(true);
    expect(at.text).toBe(TARGET);
    expect(under.finish.nearest[0]!.hit).toBe(false);
    expect(under.text).not.toBe(TARGET);
  });
});

describe("codebooks on two layers", () => {
  test("keep a chain each: one may end while the other goes on", async () => {
    const early = must(await engine.query(PROMPT, [1])).get(1)!;
    const short = codebookPatch("early", 1, {
      key: early,
      radius: 1,
      values: [early],
      targets: [targets[0]!],
    });
    const { text, finish } = await answer(setOf(engine.model, short, entry()));
    expect(text).toBe(TARGET);
    expect(finish.nearest.map(({ layer, hit }) => [layer, hit])).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(finish.fired.map(({ id }) => id)).toEqual(["early", "fact"]);
  });
});

describe("the query of a prompt", () => {
  test("is the state that prefill compares, to the last bit", async () => {
    const { finish } = await answer(setOf(engine.model, entry()));
    expect(finish.nearest[0]!.distance).toBe(0);
  });

  test("fails for a layer without a codebook and for what is no prompt", async () => {
    expect(await engine.query(PROMPT, [0])).toMatchObject({
      ok: false,
      problem: { code: "wrong_base_model" },
    });
    expect(await engine.query("", [LAST])).toMatchObject({ ok: false, problem: { code: "prompt_empty" } });
  });
});

describe("extra neurons", () => {
  const silent = new Float32Array(TINY_MODEL.width);
  const loud = Float32Array.from({ length: TINY_MODEL.width }, (_, i) => (i % 2 === 0 ? 40 : -40));

  test("that stay silent change nothing and are not reported", async () => {
    const patches = setOf(engine.model, neuronsPatch("silent", LAST, [silent], [-1], [loud]));
    const patched = await answerTo(engine, request(PROMPT, { logprobs: 3 }), patches);
    const bare = await answerTo(engine, request(PROMPT, { logprobs: 3 }), EMPTY_PATCH_SET);
    expect(patched.tokens).toEqual(bare.tokens);
    expect(patched.finish.fired).toEqual([]);
  });

  test("that fire change the answer and are reported once, alone of their layer", async () => {
    const firing = neuronsPatch("firing", LAST, [silent], [1], [loud]);
    const quiet = neuronsPatch("quiet", LAST, [silent], [-1], [loud]);
    const patched = await answer(setOf(engine.model, quiet, firing));
    expect(patched.ids).not.toEqual((await answer(EMPTY_PATCH_SET)).ids);
    expect(patched.finish.fired.map(({ id }) => id)).toEqual(["firing"]);
  });
});

describe("a low-rank patch", () => {
  test("changes the answer without being reported as fired", async () => {
    const u = Float32Array.from({ length: TINY_MODEL.width }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const v = Float32Array.from({ length: TINY_MODEL.ffn }, (_, i) => (i % 3) * 4);
    const patched = await answer(setOf(engine.model, rankOnePatch("low", 1, "up", u, v)));
    expect(patched.ids).not.toEqual((await answer(EMPTY_PATCH_SET)).ids);
    expect(patched.finish.fired).toEqual([]);
  });
});

describe("patch sets side by side", () => {
  test("on one engine do not touch each other", async () => {
    const patches = setOf(engine.model, entry());
    const bare = await answer(EMPTY_PATCH_SET);
    const [first, second, third] = await Promise.all([
      answer(patches),
      answer(EMPTY_PATCH_SET),
      answer(patches),
    ]);
    expect([first.text, third.text]).toEqual([TARGET, TARGET]);
    expect(second.ids).toEqual(bare.ids);
  });

  test("made for another model are refused", () => {
    const [binding] = setOf(engine.model, entry()).codebooks;
    const elsewhere = { ...EMPTY_PATCH_SET, codebooks: [{ ...binding!, layer: 0 }] };
    const wider = { ...EMPTY_PATCH_SET, codebooks: [{ ...binding!, width: 64 }] };
    for (const [patches, code] of [
      [elsewhere, "wrong_base_model"],
      [wider, "shape_mismatch"],
    ] as const)
      expect(engine.admit(request(PROMPT), patches)).toMatchObject({ ok: false, problem: { code } });
  });
});
