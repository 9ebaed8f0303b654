import { beforeAll, describe, expect, test } from "vitest";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { Result } from "../../../src/core/result.ts";
import {
  BACKEND_ELEMENT_TYPES,
  type Backend,
  type BackendSession,
} from "../../../src/engine/backends/backend.ts";
import { createEngine, type Engine, type EngineParts } from "../../../src/engine/engine.ts";
import type { GenerationEvent, GenerationRequest } from "../../../src/engine/generation.ts";
import { openSessions } from "../../../src/engine/runner/model-sessions.ts";
import { Runner } from "../../../src/engine/runner/runner.ts";
import type { WrittenModel } from "../../../src/onnx/write-model.ts";
import { type GreedyTrace, traceGreedy } from "./greedy-trace.ts";
import type { ReferenceTraces } from "./reference-traces.ts";
import { LARGE, unaryGraph, weightedGraph } from "./small-graphs.ts";
import { tracedPatches } from "./traced-patches.ts";
import { TRACED_PROMPT, TRACED_TOKENS } from "./traced-prompt.ts";

/** How far logits may lie from those of the graph as it is written, which are of the order of 10. */
const LOGITS_WITHIN = 1e-4;

/** A backend, and what the suite needs where it runs. */
export interface BackendSubject {
  readonly open: () => Promise<Backend>;
  /** The tiny fixture. */
  readonly readModel: () => Promise<Omit<EngineParts, "backend" | "now">>;
  /** What it answers: `referenceTraces`, made in Node. */
  readonly readTraces: () => Promise<ReferenceTraces>;
}

const must = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
};

const collect = async (events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> => {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const tokenIds = (events: readonly GenerationEvent[]): number[] =>
  events.flatMap((event) => (event.kind === "token" ? event.tokens.map(({ id }) => id) : []));

const largestDifference = (a: GreedyTrace, b: GreedyTrace): number =>
  Math.max(...a.logits.flatMap((row, i) => row.map((logit, id) => Math.abs(logit - b.logits[i]![id]!))));

const REQUEST: GenerationRequest = {
  prompt: TRACED_PROMPT,
  maxTokens: TRACED_TOKENS,
  temperature: 1,
  topP: 1,
  seed: 0,
  stop: [],
  logprobs: null,
  echo: false,
};

/** What every backend must do, in Node, in workerd, and wherever else one runs. */
export const backendContract = (name: string, { open, readModel, readTraces }: BackendSubject): void => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });

  const load = async ({ graph, weights }: WrittenModel): Promise<BackendSession> =>
    must(await backend.createSession(graph, weights));
  const floats = (...values: number[]) => backend.tensor(Float32Array.from(values), [values.length]);

  describe(`the ${name} backend decodes`, () => {
    const trace = async (attached: "nothing" | "patches"): Promise<GreedyTrace> => {
      const files = await readModel();
      const sessions = must(await openSessions(backend, files));
      const runner = new Runner(files.model, backend, sessions, files.kernels);
      const set =
        attached === "nothing"
          ? EMPTY_PATCH_SET
          : must(composePatchSet("traced", tracedPatches(files.model), files.model));
      const traced = await traceGreedy(runner, TRACED_PROMPT, TRACED_TOKENS, set);
      await runner.release();
      return traced;
    };

    test("the bare model's tokens, from logits within 1e-4 of the graph as it is written", async () => {
      const { bare } = await readTraces();
      const here = await trace("nothing");
      expect(here.ids).toEqual(bare.ids);
      expect(new Set(here.ids).size).toBeGreaterThan(2);
      expect(largestDifference(here, bare)).toBeLessThan(LOGITS_WITHIN);
    });

    test("a patched model's as well, with dummies where no patch acts", async () => {
      const { bare, patched } = await readTraces();
      const here = await trace("patches");
      expect(here.ids).toEqual(patched.ids);
      expect(here.ids).not.toEqual(bare.ids);
      expect(largestDifference(here, patched)).toBeLessThan(LOGITS_WITHIN);
    });

    test("the same bits each time", async () => {
      expect(await trace("patches")).toEqual(await trace("patches"));
    });

    test("with dummies in every patch input what the graph without them decodes", async () => {
      const { model, graph, plain, weights, kernels } = await readModel();
      const patched = await load({ graph, weights });
      const bare = await load({ graph: plain, weights });
      const runner = new Runner(model, backend, { patched, plain: bare }, kernels);
      const feeds = { ...runner.emptyCache, ...runner.tokenFeeds(TRACED_PROMPT) };
      const [withDummies, without] = await Promise.all([
        runner.runPatched({ ...runner.dummies, ...feeds }, [model.io.logits]),
        runner.runPlain(feeds, [model.io.logits]),
      ]);
      const expected = without[model.io.logits]!.data as Float32Array;
      const logits = withDummies[model.io.logits]!.data as Float32Array;
      expect(logits.length).toBe(TRACED_PROMPT.length * model.dims.vocabulary);
      expect(Math.max(...logits.map((logit, i) => Math.abs(logit - expected[i]!)))).toBeLessThan(1e-5);
      await runner.release();
    });
  });

  describe(`an engine on the ${name} backend`, () => {
    const openEngine = async (): Promise<Engine> =>
      must(await createEngine({ ...(await readModel()), backend, now: () => 0 }));

    test("answers requests that run at the same time as it answers each alone", async () => {
      const engine = await openEngine();
      const sampled = async (seed: number) =>
        tokenIds(await collect(engine.generate({ ...REQUEST, seed }, EMPTY_PATCH_SET)));
      const alone = [await sampled(1), await sampled(2), await sampled(3)];
      expect(await Promise.all([sampled(1), sampled(2), sampled(3)])).toEqual(alone);
      expect(alone[0]).not.toEqual(alone[1]);
      await engine.release();
    });

    test("notices while it decodes that it is cancelled, and answers the next request", async () => {
      const engine = await openEngine();
      const long = { ...REQUEST, prompt: [1, 2, 3], maxTokens: 44, temperature: 0 };
      const whole = await collect(engine.generate(long, EMPTY_PATCH_SET));
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 0);
      const cut = await collect(engine.generate(long, EMPTY_PATCH_SET, controller.signal));
      expect(cut.at(-1)).toMatchObject({ kind: "finish", reason: "cancelled" });
      expect(tokenIds(cut).length).toBeLessThan(tokenIds(whole).length);
      expect(await collect(engine.generate(long, EMPTY_PATCH_SET))).toEqual(whole);
      await engine.release();
    });
  });

  describe(`a session of the ${name} backend`, () => {
    test("takes and gives every element type there is", async () => {
      const data = {
        float32: Float32Array.of(1.5, -0, 3e38),
        int64: BigInt64Array.of(-(2n ** 62n), 0n, 7n),
        bool: Uint8Array.of(1, 0, 1),
      };
      expect(Object.keys(data)).toEqual([...BACKEND_ELEMENT_TYPES]);
      for (const type of BACKEND_ELEMENT_TYPES) {
        const session = await load(unaryGraph("Identity", type));
        const { y } = await session.run({ x: backend.tensor(data[type], [3]) }, ["y"]);
        expect(y!.data).toEqual(data[type]);
        expect(y!.dims).toEqual([3]);
        await session.release();
      }
    });

    test("takes tensors without elements, such as the cache before the first token", async () => {
      const session = await load(unaryGraph("Neg", "float32"));
      const { y } = await session.run({ x: floats() }, ["y"]);
      expect([y!.dims, y!.data.length]).toEqual([[0], 0]);
      await session.release();
    });

    test("sees what is written to an input's array between two runs", async () => {
      const session = await load(unaryGraph("Neg", "float32"));
      const x = floats(1, 2);
      const { y: before } = await session.run({ x }, ["y"]);
      x.data[0] = 5;
      const { y: after } = await session.run({ x }, ["y"]);
      expect([...after!.data]).toEqual([-5, -2]);
      expect([...before!.data]).toEqual([-1, -2]);
      await session.release();
    });

    test("gives outputs away: no later run writes to them, and they outlive it", async () => {
      const session = await load(unaryGraph("Neg", "float32"));
      const inputs = Array.from({ length: 20 }, (_, i) => [i + 1, i + 1.5] as const);
      const outputs = [];
      for (const input of inputs) outputs.push((await session.run({ x: floats(...input) }, ["y"])).y!);
      outputs[3]!.data[0] = 99;
      await session.release();
      const next = await load(unaryGraph("Neg", "float32"));
      await next.run({ x: floats(7, 7) }, ["y"]);
      const expected = inputs.map(([a, b], i) => (i === 3 ? [99, -b] : [-a, -b]));
      expect(outputs.map(({ data }) => [...data])).toEqual(expected);
      await next.release();
    });

    test("runs beside many others, each asked at the same time for several runs", async () => {
      const operators = ["Neg", "Abs", "Sqrt", "Exp", "Identity", "Floor"] as const;
      const meanings = [(x: number) => -x, Math.abs, Math.sqrt, Math.exp, (x: number) => x, Math.floor];
      const sessions = await Promise.all(operators.map((operator) => load(unaryGraph(operator, "float32"))));
      const inputs = Array.from({ length: 8 }, (_, i) => i + 0.25);
      const answers = await Promise.all(
        sessions.map((session) =>
          Promise.all(
            inputs.map(async (input) => (await session.run({ x: floats(input) }, ["y"])).y!.data[0]),
          ),
        ),
      );
      for (const [place, meaning] of meanings.entries())
        for (const [i, input] of inputs.entries()) expect(answers[place]![i]).toBeCloseTo(meaning(input), 2);
      await Promise.all(sessions.map((session) => session.release()));
    });

    test("rejects feeds that do not fit, and can run again", async () => {
      const session = await load(unaryGraph("Neg", "float32"));
      const wrong = { x: backend.tensor(BigInt64Array.of(1n), [1]) };
      await expect(session.run(wrong, ["y"])).rejects.toThrow();
      await expect(session.run({}, ["y"])).rejects.toThrow();
      expect([...(await session.run({ x: floats(4) }, ["y"])).y!.data]).toEqual([-4]);
      await session.release();
    });

    test("is gone once it is released, and leaves its memory to the next", async () => {
      const { graph, weights } = weightedGraph();
      const rounds: (number | null)[] = [];
      for (let i = 0; i < 12; i++) {
        const session = await load({ graph, weights });
        await session.run({ x: backend.tensor(new Float32Array(LARGE), [LARGE]) }, ["y"]);
        await session.release();
        await expect(session.run({ x: floats(1) }, ["y"])).rejects.toThrow();
        rounds.push(backend.heapBytes());
      }
      expect(new Set(rounds.slice(2)).size).toBe(1);
    });
  });

  describe(`the ${name} backend refuses`, () => {
    const refusal = async ({ graph, weights }: WrittenModel) => {
      const session = await backend.createSession(graph, weights);
      return session.ok ? "taken" : session.problem;
    };
    const NOTHING = new Uint8Array();

    test("bytes that are no graph", async () => {
      const refused = await refusal({ graph: new TextEncoder().encode("no graph"), weights: NOTHING });
      expect(refused).toMatchObject({ code: "unsupported_graph" });
    });

    test("an operator that there is not, by its name", async () => {
      const refused = await refusal(unaryGraph("NotAnOperator", "float32"));
      expect(refused).toMatchObject({
        code: "unsupported_graph",
        message: expect.stringContaining("NotAnOperator"),
      });
    });

    test.each(["float16", "float64", "int32", "uint8"] as const)(
      "an input of type %s, by its name",
      async (type) => {
        expect(await refusal(unaryGraph("Identity", type))).toMatchObject({
          code: "unsupported_graph",
          message: expect.stringContaining(`"x" is ${type}; inputs and outputs must be float32, int64, bool`),
        });
      },
    );

    test("weights that are not there, and those of another file", async () => {
      const { graph, weights } = weightedGraph();
      expect(await refusal({ graph, weights: NOTHING })).toMatchObject({ code: "unsupported_graph" });
      const elsewhere = weightedGraph("elsewhere.bin").graph;
      expect(await refusal({ graph: elsewhere, weights })).toMatchObject({ code: "unsupported_graph" });
      expect(await refusal({ graph, weights: weights.subarray(0, weights.length - 1) })).toMatchObject({
        code: "unsupported_graph",
      });
    });

    test("one byte of weights more than its limit, and takes the limit", async () => {
      const limit = backend.limits.weightsBytes;
      const { graph, weights } = weightedGraph();
      const padded = (bytes: number): Uint8Array => {
        const all = new Uint8Array(bytes);
        all.set(weights);
        return all;
      };
      if (limit === null) return expect(await refusal({ graph, weights: padded(2 ** 27) })).toBe("taken");
      expect(await refusal({ graph, weights: padded(limit) })).toBe("taken");
      expect(await refusal({ graph, weights: padded(limit + 1) })).toEqual({
        code: "limit_exceeded",
        param: "weights",
        detail: { limit, got: limit + 1 },
        message: expect.stringContaining(`a model on the ${backend.name} backend has at most`),
      });
    });
  });
};
