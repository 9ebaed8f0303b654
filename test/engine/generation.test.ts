import { beforeAll, describe, expect, test } from "vitest";
import { EMPTY_PATCH_SET } from "../../src/core/patch/patch-set.ts";
import { ok } from "../../src/core/result.ts";
import type { Backend, BackendSession } from "../../src/engine/backends/backend.ts";
import { createNodeBackend } from "../../src/engine/backends/node/node-backend.ts";
import { Decoding, logitsAt } from "../../src/engine/decoding/decoding.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { bindPatches } from "../../src/engine/patching/bind-patches.ts";
import type { Runner } from "../../src/engine/runner/runner.ts";
import { loadKernels } from "../../wasm/load-kernels.ts";
import { TINY_MODEL, tinyModel } from "../fixtures/tiny-model.ts";
import { type Answer, answerTo, must, openEngine, openRunner, request } from "./support/engines.ts";

const PROMPT = "The capital of France is";

let engine: Engine;
let runner: Runner;

beforeAll(async () => {
  const files = await tinyModel();
  engine = await openEngine(files);
  runner = await openRunner(files);
});

/** An engine whose runs of the graph are counted, and take a millisecond each by its clock. */
const openCounting = async (): Promise<{ counting: Engine; runs: () => number }> => {
  const files = await tinyModel();
  const backend = await createNodeBackend();
  let runs = 0;
  const createSession: Backend["createSession"] = async (graph, weights) => {
    const session = must(await backend.createSession(graph, weights));
    const run: BackendSession["run"] = (feeds, fetches) => {
      runs += 1;
      return session.run(feeds, fetches);
    };
    return ok({ run, release: () => session.release() });
  };
  const tokenizerJson = new TextDecoder().decode(files.tokenizer);
  const parts = {
    ...files,
    tokenizerJson,
    backend: { ...backend, createSession },
    kernels: await loadKernels(),
    now: () => runs,
  };
  return { counting: must(await createEngine(parts)), runs: () => runs };
};

const answer = (changes: Parameters<typeof request>[1] = {}): Promise<Answer> =>
  answerTo(engine, request(PROMPT, changes), EMPTY_PATCH_SET);

describe("decoding with the cache", () => {
  test("has the logits of one pass over the whole sequence", async () => {
    const prompt = engine.tokenizer.encode(PROMPT);
    const { ids } = await answer({ maxTokens: 10 });
    const bare = must(bindPatches(runner.model, runner.backend, runner.dummies, EMPTY_PATCH_SET));
    const whole = await new Decoding(runner, bare).prefill([...prompt, ...ids]);
    const decoding = new Decoding(runner, bare);
    await decoding.prefill(prompt);
    for (const [i, id] of ids.entries()) {
      const step = await decoding.step(id);
      const same = logitsAt(whole, prompt.length + i);
      expect(Math.max(...step.map((logit, id) => Math.abs(logit - same[id]!)))).toBeLessThan(1e-4);
    }
  });

  test("counts the prompt's and the answer's tokens and times both parts", async () => {
    const { counting } = await openCounting();
    const { finish, ids } = await answerTo(counting, request(PROMPT, { maxTokens: 5 }), EMPTY_PATCH_SET);
    expect(finish).toMatchObject({
      reason: "length",
      promptTokens: engine.tokenizer.encode(PROMPT).length,
      completionTokens: 5,
      fired: [],
      nearest: [],
    });
    expect(ids).toHaveLength(5);
    // The prompt's one run gives the first token, each further one has a run of its own.
    expect(finish.timings).toEqual({ prefill: 1, decode: 4 });
    await counting.release();
  });
});

describe("sampling", () => {
  const sampled = { temperature: 1.5, topP: 0.95, maxTokens: 20 };

  test("repeats an answer with its seed and gives another with another", async () => {
    const first = await answer({ ...sampled, seed: 1 });
    expect((await answer({ ...sampled, seed: 1 })).ids).toEqual(first.ids);
    expect((await answer({ ...sampled, seed: 2 })).ids).not.toEqual(first.ids);
  });

  test("does not depend on what runs at the same time", async () => {
    const alone = await answer({ ...sampled, seed: 3 });
    const greedy = await answer();
    const together = await Promise.all([
      answer({ ...sampled, seed: 3 }),
      answer(),
      answer({ ...sampled, seed: 4 }),
      answer({ ...sampled, seed: 3 }),
    ]);
    expect(together[0].ids).toEqual(alone.ids);
    expect(together[3].ids).toEqual(alone.ids);
    expect(together[1].ids).toEqual(greedy.ids);
  });
});

describe("stop sequences", () => {
  test("end the text before them, wherever the tokens' borders lie", async () => {
    const { text } = await answer({ maxTokens: 12, temperature: 1, seed: 9 });
    for (let start = 1; start < text.length - 3; start++) {
      const stop = text.slice(start, start + 3);
      const stopped = await answer({ maxTokens: 12, temperature: 1, seed: 9, stop: ["never", stop] });
      expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
      expect(stopped.finish.reason).toBe("stop");
    }
  });
});

describe("log-probabilities", () => {
  test("are those of a distribution over the vocabulary", async () => {
    const { tokens } = await answer({ logprobs: 20, maxTokens: 3 });
    for (const { id, logprob, top } of tokens) {
      expect(top).toHaveLength(20);
      expect(top[0]).toMatchObject({ id, logprob });
      expect(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeLessThan(1);
      expect(top.every(({ logprob }, i) => i === 0 || logprob <= top[i - 1]!.logprob)).toBe(true);
    }
  });

  test("come without alternatives for 0 and not at all for null", async () => {
    const [none] = (await answer({ maxTokens: 1 })).tokens;
    const [zero] = (await answer({ maxTokens: 1, logprobs: 0 })).tokens;
    expect(none).toMatchObject({ logprob: null, top: [] });
    expect(zero!.logprob).toBeLessThan(0);
    expect(zero!.top).toEqual([]);
  });

  test("do not depend on temperature", async () => {
    const [greedy] = (await answer({ maxTokens: 1, logprobs: 5 })).tokens;
    const [hot] = (await answer({ maxTokens: 1, logprobs: 5, temperature: 2 })).tokens;
    expect(hot!.top).toEqual(greedy!.top);
  });

  test("of a score are those of the same tokens when generated", async () => {
    const { tokens, ids } = await answer({ maxTokens: 6, logprobs: 0 });
    const score = must(await engine.score(PROMPT, ids, EMPTY_PATCH_SET));
    expect(score.tokens.map(({ logprob }) => logprob)).toEqual(tokens.map(({ logprob }) => logprob));
    expect(score.greedy).toEqual([true, true, true, true, true, true]);
  });
});

describe("echo", () => {
  test("emits the prompt first, its tokens scored by what precedes each", async () => {
    const { events } = await answer({ echo: true, logprobs: 1, maxTokens: 2 });
    const [prompt, ...rest] = events;
    expect(prompt).toMatchObject({ text: PROMPT, echoed: true });
    expect(rest.every(({ echoed }) => !echoed)).toBe(true);
    const ids = engine.tokenizer.encode(PROMPT);
    expect(prompt!.tokens.map(({ id }) => id)).toEqual(ids);
    expect(prompt!.tokens[0]).toMatchObject({ logprob: null, top: [] });
    const score = must(await engine.score(ids.slice(0, 1), ids.slice(1), EMPTY_PATCH_SET));
    prompt!.tokens.slice(1).forEach(({ logprob }, i) => {
      expect(logprob).toBeCloseTo(score.tokens[i]!.logprob, 4);
    });
  });

  test("with no tokens to generate scores the prompt alone", async () => {
    const { text, finish } = await answer({ echo: true, logprobs: 0, maxTokens: 0 });
    expect(text).toBe(PROMPT);
    expect(finish).toMatchObject({ reason: "length", completionTokens: 0 });
  });
});

describe("limits", () => {
  const tokens = (count: number) => Array.from({ length: count }, (_, i) => 1 + (i % 200));

  test("a prompt one short of the context gets one token, a longer one a problem", async () => {
    const context = TINY_MODEL.context;
    const last = await answerTo(engine, request(tokens(context - 1)), EMPTY_PATCH_SET);
    expect(last.finish).toMatchObject({ reason: "length", promptTokens: context - 1, completionTokens: 1 });
    expect(engine.admit(request(tokens(context)), EMPTY_PATCH_SET)).toMatchObject({
      ok: false,
      problem: { code: "prompt_too_long", detail: { promptTokens: 48, limit: 47 } },
    });
  });

  test("an answer that reaches the context ends with length", async () => {
    const { finish } = await answerTo(engine, request(tokens(40), { maxTokens: 48 }), EMPTY_PATCH_SET);
    expect(finish).toMatchObject({ reason: "length", completionTokens: 8 });
  });

  test.each([
    ["an empty text", "", "prompt_empty"],
    ["no ids", [], "prompt_empty"],
    ["an id past the vocabulary", [288], "invalid_request"],
    ["a negative id", [-1], "invalid_request"],
    ["a fraction", [1.5], "invalid_request"],
  ])("%s is no prompt", (_, prompt, code) => {
    expect(engine.admit(request(prompt), EMPTY_PATCH_SET)).toMatchObject({ ok: false, problem: { code } });
  });

  test.each([
    [{ maxTokens: 48 }, { maxTokens: 49 }],
    [{ maxTokens: 0 }, { maxTokens: -1 }],
    [{ temperature: 2 }, { temperature: 2.01 }],
    [{ temperature: 0 }, { temperature: Number.NaN }],
    [{ topP: 1 }, { topP: 1.01 }],
    [{ topP: 0.01 }, { topP: 0 }],
    [{ logprobs: 20 }, { logprobs: 21 }],
    [{ stop: ["a", "b", "c", "d"] }, { stop: ["a", "b", "c", "d", "e"] }],
    [{ stop: ["x".repeat(200)] }, { stop: ["x".repeat(201)] }],
    [{ stop: ["x"] }, { stop: [""] }],
    [{ seed: -7 }, { seed: 0.5 }],
  ])("%j is taken, %j refused", (within, past) => {
    expect(engine.admit(request(PROMPT, within), EMPTY_PATCH_SET).ok).toBe(true);
    expect(engine.admit(request(PROMPT, past), EMPTY_PATCH_SET)).toMatchObject({
      ok: false,
      problem: { code: "limit_exceeded" },
    });
  });

  test("generate throws the problem that admit reports", async () => {
    await expect(answer({ maxTokens: 49 })).rejects.toMatchObject({ problem: { code: "limit_exceeded" } });
  });

  test("a score must fit the context", async () => {
    expect(await engine.score(tokens(40), tokens(9), EMPTY_PATCH_SET)).toMatchObject({
      ok: false,
      problem: { code: "target_too_long" },
    });
    expect(must(await engine.score(tokens(40), tokens(8), EMPTY_PATCH_SET)).tokens).toHaveLength(8);
  });
});

describe("cancellation", () => {
  test("by the signal stops decoding at the next step", async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const event of engine.generate(
      request(PROMPT, { maxTokens: 30 }),
      EMPTY_PATCH_SET,
      controller.signal,
    )) {
      seen.push(event.kind === "finish" ? event.reason : event.kind);
      if (seen.length === 3) controller.abort();
    }
    expect(seen.at(-1)).toBe("cancelled");
    expect(seen.length).toBeLessThanOrEqual(5);
  });

  test("is noticed though nobody yields between steps", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const { finish } = await answerTo(
      engine,
      request(PROMPT, { maxTokens: 36 }),
      EMPTY_PATCH_SET,
      controller.signal,
    );
    expect(finish.reason).toBe("cancelled");
  });

  test("by leaving the loop runs the graph no further", async () => {
    const { counting, runs } = await openCounting();
    for await (const event of counting.generate(request(PROMPT, { maxTokens: 30 }), EMPTY_PATCH_SET))
      if (event.kind === "token") break;
    const atBreak = runs();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(atBreak).toBeLessThanOrEqual(3);
    expect(runs()).toBe(atBreak);
  });
});
