import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { preparedModelSchema } from "../../../src/core/model/prepared-model.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import { ok } from "../../../src/core/result.ts";
import type { Backend, BackendSession, Tensors } from "../../../src/engine/backends/backend.ts";
import { createNodeBackend } from "../../../src/engine/backends/node/node-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import { openSessions, TWICE_HELD_WEIGHTS_BYTES } from "../../../src/engine/runner/model-sessions.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { TINY_MODEL, tinyEmbedding, tinyModel } from "../../fixtures/tiny-model.ts";
import { answerTo, must, openRunner, request } from "../support/engines.ts";
import { codebookPatch, neuronsPatch, setOf } from "../support/patches.ts";

const PROMPT = "The capital of France is";
const LAST = 2;
/** Tokens of each answer; the last is not run, so an answer takes one run for the prompt and these less one. */
const TOKENS = 6;

let files: PreparedFiles;

beforeAll(async () => {
  files = await tinyModel();
});

/** Runs of each graph since they were last asked for. */
interface Runs {
  patched: number;
  plain: number;
}

/** An engine on weights of `bytes`, the tiny model's and nothing behind them, whose runs are counted by graph. */
const openCounting = async (bytes = files.weights.byteLength) => {
  const weights = new Uint8Array(bytes);
  weights.set(files.weights);
  const backend = await createNodeBackend();
  const runs: Runs = { patched: 0, plain: 0 };
  const loaded: string[] = [];
  const createSession: Backend["createSession"] = async (graph, data) => {
    const name = graph === files.graph ? "patched" : "plain";
    loaded.push(name);
    const session = must(await backend.createSession(graph, data));
    const run: BackendSession["run"] = (feeds, fetches) => {
      runs[name] += 1;
      return session.run(feeds, fetches);
    };
    return ok({ run, release: () => session.release() });
  };
  const engine = must(
    await createEngine({
      ...files,
      weights,
      tokenizerJson: new TextDecoder().decode(files.tokenizer),
      backend: { ...backend, createSession },
      kernels: await loadKernels(),
      now: () => 0,
    }),
  );
  const take = (): Runs => {
    const taken = { ...runs };
    Object.assign(runs, { patched: 0, plain: 0 });
    return taken;
  };
  return { engine, loaded, take };
};

const answer = async (engine: Engine, patches: PatchSet) =>
  answerTo(engine, request(PROMPT, { maxTokens: TOKENS, logprobs: 2 }), patches);

const entry = async (engine: Engine, radius: number, shift: number) => {
  const state = must(await engine.query(PROMPT, [LAST])).get(LAST)!;
  const target = (await answer(engine, EMPTY_PATCH_SET)).ids[0] === 40 ? 41 : 40;
  return codebookPatch("entry", LAST, {
    key: state.map((x, i) => (i === 0 ? x + shift : x)),
    radius,
    values: [target, target].map((id) => tinyEmbedding(id).map((x) => 50 * x)),
    targets: [target, target],
  });
};

/** A neuron that fires at every position where its bias is above zero, else at none; it adds nothing. */
const neuron = (bias: number) => {
  const zeros = new Float32Array(TINY_MODEL.width);
  return neuronsPatch(`bias ${bias}`, LAST, [zeros], [bias], [zeros]);
};

describe("the plain graph", () => {
  test("runs all that no patch acts on: bare requests, misses, and an answer once its chain is over", async () => {
    const { engine, take } = await openCounting();
    const hit = setOf(engine.model, await entry(engine, 1, 0.5));
    const miss = setOf(engine.model, await entry(engine, 0.4, 0.5));
    take();
    await answer(engine, EMPTY_PATCH_SET);
    expect(take()).toEqual({ patched: 0, plain: TOKENS });
    await answer(engine, miss);
    expect(take()).toEqual({ patched: 0, plain: TOKENS });
    await answer(engine, hit);
    // The prompt, again its last token with the first value, a step with the second, and the steps after it.
    expect(take()).toEqual({ patched: 2, plain: TOKENS - 1 });
  });

  test("runs beside neurons until one fires, from which on those of its patch run in the other", async () => {
    const { engine, take } = await openCounting();
    await answer(engine, setOf(engine.model, neuron(-1)));
    expect(take()).toEqual({ patched: 0, plain: TOKENS });
    await answer(engine, setOf(engine.model, neuron(-1), neuron(1)));
    expect(take()).toEqual({ patched: TOKENS, plain: 1 });
  });

  test("answers a miss as it answers with nothing attached, to the last bit", async () => {
    const { engine } = await openCounting();
    const missed = await answer(engine, setOf(engine.model, await entry(engine, 0.4, 0.5)));
    const bare = await answer(engine, EMPTY_PATCH_SET);
    expect(missed.finish.nearest).toMatchObject([{ hit: false }]);
    expect(missed.tokens).toEqual(bare.tokens);
  });
});

describe("weights at the bound of what is held twice", () => {
  test("are loaded for both graphs, and one byte past it for the one with patch inputs, which answers the same", async () => {
    const at = await openCounting(TWICE_HELD_WEIGHTS_BYTES);
    const past = await openCounting(TWICE_HELD_WEIGHTS_BYTES + 1);
    expect(at.loaded).toEqual(["patched", "plain"]);
    expect(past.loaded).toEqual(["patched"]);
    const patches = setOf(files.model, await entry(at.engine, 1, 0.5));
    for (const set of [EMPTY_PATCH_SET, patches])
      expect((await answer(past.engine, set)).ids).toEqual((await answer(at.engine, set)).ids);
    const [near, far] = [await at.engine.query(PROMPT, [LAST]), await past.engine.query(PROMPT, [LAST])];
    expect(must(far).get(LAST)).toEqual(must(near).get(LAST));
  });

  test("leave nothing behind where the second graph is refused", async () => {
    const backend = await createNodeBackend();
    let released = 0;
    const createSession: Backend["createSession"] = async (graph, data) => {
      const session = await backend.createSession(graph, data);
      if (!session.ok) return session;
      return ok({
        run: session.value.run,
        release: async () => {
          released += 1;
          await session.value.release();
        },
      });
    };
    const broken = { ...files, plain: new TextEncoder().encode("no graph") };
    expect(await openSessions({ ...backend, createSession }, broken)).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph" },
    });
    expect(released).toBe(1);
  });
});

test("both graphs of the default model give the same logits and cache, bit for bit, while every patch is absent", async () => {
  const read = (name: string) =>
    new Uint8Array(readFileSync(join(import.meta.dirname, "../../../models/world", name)));
  const world: PreparedFiles = {
    model: preparedModelSchema.parse(JSON.parse(new TextDecoder().decode(read("model.json")))),
    graph: read("graph.onnx"),
    plain: read("plain.onnx"),
    weights: read("weights.bin"),
    tokenizer: read("tokenizer.json"),
  };
  const runner = await openRunner(world);
  const caches: Tensors[] = [{ ...runner.emptyCache }, { ...runner.emptyCache }];
  const [bare, patched] = caches as [Tensors, Tensors];
  let past = 0;
  for (const ids of [[300, 17, 2048, 99, 5], [7], [4095], [12]]) {
    const feeds = runner.tokenFeeds(ids, past);
    const one = await runner.runPlain({ ...bare, ...feeds }, runner.fetches);
    const other = await runner.runPatched({ ...runner.dummies, ...patched, ...feeds }, runner.fetches);
    for (const name of runner.fetches) expect(other[name]!.data).toEqual(one[name]!.data);
    for (const { pastKey, pastValue, presentKey, presentValue } of world.model.io.cache) {
      Object.assign(bare, { [pastKey]: one[presentKey], [pastValue]: one[presentValue] });
      Object.assign(patched, { [pastKey]: other[presentKey], [pastValue]: other[presentValue] });
    }
    past += ids.length;
  }
  await runner.release();
});
