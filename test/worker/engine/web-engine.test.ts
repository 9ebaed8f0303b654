import { beforeAll, describe, expect, test } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { Backend } from "../../../src/engine/backends/backend.ts";
import { createWebBackend } from "../../../src/engine/backends/workerd/workerd-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { GenerationEvent, GenerationRequest } from "../../../src/engine/generation.ts";
import { openSessions } from "../../../src/engine/runner/model-sessions.ts";
import { Runner } from "../../../src/engine/runner/runner.ts";
import { kernels } from "../../../wasm/kernels.ts";
import { type GreedyTrace, traceGreedy } from "../support/greedy-trace.ts";
import { readModelFiles, readRepositoryJson } from "../support/model-files.ts";
import { TRACED_PROMPT, TRACED_TOKENS } from "../support/traced-prompt.ts";

const MEGABYTE = 2 ** 20;

const openEngine = async (folder: string, backend: Backend): Promise<Engine> => {
  const files = await readModelFiles(folder);
  const engine = await createEngine({ ...files, backend, kernels, now: () => Date.now() });
  if (!engine.ok) throw new Error(engine.problem.message);
  return engine.value;
};

const collect = async (events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> => {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const greedy: Omit<GenerationRequest, "prompt"> = {
  maxTokens: TRACED_TOKENS,
  temperature: 0,
  topP: 1,
  seed: 0,
  stop: [],
  logprobs: null,
  echo: false,
};

describe("the engine in workerd", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWebBackend();
  });

  test("decodes the tokens that Node decodes, from logits within 1e-4", async () => {
    const files = await readModelFiles("generated/tiny");
    const sessions = await openSessions(backend, files);
    if (!sessions.ok) throw new Error(sessions.problem.message);
    const runner = new Runner(files.model, backend, sessions.value, kernels);
    const here = await traceGreedy(runner, TRACED_PROMPT, TRACED_TOKENS);
    const inNode = await readRepositoryJson<GreedyTrace>("generated/tiny/node-trace.json");
    expect(here.ids).toEqual(inNode.ids);
    expect(new Set(here.ids).size).toBeGreaterThan(2);
    const worst = Math.max(
      ...here.logits.flatMap((row, i) => row.map((logit, id) => Math.abs(logit - inNode.logits[i]![id]!))),
    );
    expect(worst).toBeLessThan(1e-4);
    await runner.release();
  });

  test("answers requests that run at the same time as it answers each alone", async () => {
    const engine = await openEngine("generated/tiny", backend);
    const sampled = (seed: number) =>
      collect(engine.generate({ ...greedy, prompt: TRACED_PROMPT, temperature: 1, seed }, EMPTY_PATCH_SET));
    const texts = (events: GenerationEvent[]) =>
      events.flatMap((event) => (event.kind === "token" ? [event.text] : []));
    const alone = [await sampled(1), await sampled(2), await sampled(3)].map(texts);
    const together = (await Promise.all([sampled(1), sampled(2), sampled(3)])).map(texts);
    expect(together).toEqual(alone);
    expect(alone[0]).not.toEqual(alone[1]);
    await engine.release();
  });

  test("notices a hang-up while it decodes", async () => {
    const engine = await openEngine("generated/tiny", backend);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const events = await collect(
      engine.generate({ ...greedy, prompt: [1, 2, 3], maxTokens: 44 }, EMPTY_PATCH_SET, controller.signal),
    );
    expect(events.at(-1)).toMatchObject({ kind: "finish", reason: "cancelled" });
    await engine.release();
  });

  test("refuses bytes that are no graph", async () => {
    const refused = await backend.createSession(new TextEncoder().encode("no graph"), new Uint8Array());
    expect(refused).toMatchObject({ ok: false, problem: { code: "unsupported_graph" } });
  });

  test("holds a model of the default model's size in a fraction of an isolate's 128 MB", async () => {
    const engine = await openEngine("generated/world-sized", backend);
    const prompt = Array.from({ length: engine.limits.promptTokens }, (_, i) => i);
    await collect(engine.generate({ ...greedy, prompt, maxTokens: 1 }, EMPTY_PATCH_SET));
    // 17 MB of runtime and the weights for each of two graphs: more means that some are held once more.
    expect(backend.heapBytes()! / MEGABYTE).toBeLessThan(62);
    await engine.release();
  });
});
