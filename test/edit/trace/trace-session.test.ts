import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { normalNoise } from "../../../src/edit/trace/trace-noise.ts";
import {
  type CleanRun,
  openTraceSession,
  type Restoration,
  TRACE_SITES,
  type TraceSession,
} from "../../../src/edit/trace/trace-session.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import { prepareModel } from "../../../src/onnx/prepare-model.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import {
  haveSharedModels,
  SHARED_MODELS,
  sharedGraph,
  sharedReference,
  sharedTokenizer,
} from "../../onnx/support/shared-models.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { tinyContext } from "../support/tiny-context.ts";

/** A model to trace, and a prompt of it. */
interface Traceable {
  readonly model: PreparedModel;
  readonly graph: Graph;
  readonly ids: readonly number[];
}

const tiny = async (): Promise<Traceable> => {
  const { model, graph, engine } = await tinyContext();
  return { model, graph, ids: engine.tokenizer.encode("The capital of France is") };
};

const shared = async (name: (typeof SHARED_MODELS)[number]): Promise<Traceable> => {
  const files = unwrap(
    await prepareModel({
      name,
      graph: sharedGraph(name, "model.onnx"),
      tokenizerJson: sharedTokenizer(name),
      context: 100,
      specialTokens: { begin: null, end: 0 },
    }),
  );
  const graph = unwrap(readModel(files.graph, () => files.weights));
  return { model: files.model, graph, ids: sharedReference(name).prompt.ids };
};

/** float32, and sums of another order in batches of another size. */
const TOLERANCE = 5;

const models: readonly (readonly [string, () => Promise<Traceable>])[] = [
  ["a tiny random model", tiny],
  ...SHARED_MODELS.filter(() => haveSharedModels).map((name) => [name, () => shared(name)] as const),
];

describe.each(models)("a trace session on %s", (_, open) => {
  let session: TraceSession;
  let clean: CleanRun;
  let answer: number;
  let width: number;
  let every: readonly number[];

  beforeAll(async () => {
    const { model, graph, ids } = await open();
    session = unwrap(await openTraceSession(model, graph));
    clean = await session.runClean(ids);
    answer = clean.probabilities.indexOf(Math.max(...clean.probabilities));
    width = model.dims.width;
    every = ids.map((_, position) => position);
  });
  afterAll(() => session.release());

  const noiseOf = (deviation: number) =>
    [1, 2, 3].map((seed) => normalNoise(clean.ids.length * width, deviation, seed));
  const nothing: Restoration = { site: "residual", positions: [], blocks: [] };
  const single = (): readonly Restoration[] =>
    TRACE_SITES.flatMap((site) =>
      every.flatMap((position) =>
        Array.from({ length: session.blocks }, (_, block) => ({
          site,
          positions: [position],
          blocks: [block],
        })),
      ),
    );

  it("changes nothing without noise, whatever is restored", async () => {
    const restored = await session.restore(clean, answer, noiseOf(0), [nothing, ...single()]);
    expect(restored).toHaveLength(1 + single().length);
    for (const probability of restored)
      expect(probability).toBeCloseTo(clean.probabilities[answer]!, TOLERANCE);
  });

  it("changes the answer's probability under noise, and brings it back with block 0 restored at all tokens", async () => {
    const [corrupted, ...restored] = await session.restore(clean, answer, noiseOf(1), [
      nothing,
      { site: "residual", positions: every, blocks: [0] },
      { site: "residual", positions: every.slice(-1), blocks: [session.blocks - 1] },
    ]);
    expect(Math.abs(corrupted! - clean.probabilities[answer]!)).toBeGreaterThan(1e-3);
    for (const probability of restored)
      expect(probability).toBeCloseTo(clean.probabilities[answer]!, TOLERANCE);
  });

  it("gives each restoration of a batch what it gives alone", async () => {
    const restorations = single();
    const together = await session.restore(clean, answer, noiseOf(1), restorations);
    expect(together).toHaveLength(restorations.length);
    for (const index of [0, Math.floor(restorations.length / 2), restorations.length - 1]) {
      const [alone] = await session.restore(clean, answer, noiseOf(1), [restorations[index]!]);
      expect(together[index]).toBeCloseTo(alone!, TOLERANCE);
    }
  });

  it("restores nothing at tokens and blocks that the last token does not see any more", async () => {
    const last = session.blocks - 1;
    const [corrupted, first] = await session.restore(clean, answer, noiseOf(1), [
      nothing,
      { site: "residual", positions: [0], blocks: [last] },
    ]);
    expect(first).toBeCloseTo(corrupted!, TOLERANCE);
  });
});

describe("a trace session", () => {
  it("has the probabilities of the production decoder", async () => {
    const context: EditingContext = await tinyContext();
    const session = unwrap(await openTraceSession(context.model, context.graph));
    const prompt = "The capital of France is";
    const { probabilities } = await session.runClean(context.engine.tokenizer.encode(prompt));
    for (const id of [0, 40, 287]) {
      const score = unwrap(await context.engine.score(prompt, [id], EMPTY_PATCH_SET));
      expect(Math.log(probabilities[id]!)).toBeCloseTo(score.tokens[0]!.logprob, 4);
    }
    expect(probabilities).toHaveLength(288);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    await session.release();
  });
});
