import { beforeEach, describe, expect, it } from "vitest";
import { problem } from "../../../src/core/problem.ts";
import { fail, ok } from "../../../src/core/result.ts";
import { elementCount } from "../../../src/core/tensor/tensor.ts";
import { type LossGraph, LossSession } from "../../../src/onnx/autodiff/loss-session.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { type Feeds, floatTensor, integerTensor } from "../../../src/onnx/offline-session.ts";
import { addDivergenceLoss } from "../../../src/onnx/surgery/divergence-loss.ts";
import { addTargetLoss } from "../../../src/onnx/surgery/target-loss.ts";
import { addToTensor } from "../support/add-to-tensor.ts";
import { emptyCache, tokenFeeds } from "../support/run-decoder.ts";
import { TINY, type TinyDecoderOptions, tinyDecoder } from "../support/tiny-decoder.ts";
import { unwrap } from "../support/unwrap.ts";
import { relativeError } from "./finite-differences.ts";
import { SPELLINGS } from "./spellings.ts";
import { widenGraph, widenTensor } from "./widen.ts";

const TOKENS = [3, 17, 3, 30, 0];
const SHAPE = [1, TOKENS.length];
const WEIGHTS = floatTensor(SHAPE, Float32Array.of(0, 1, 0.5, 0, 2));
const STEP = 1e-5;

/** Every this many elements of an activation's gradient are compared with finite differences. */
const STRIDE = 13;

const LOSSES = {
  target: (graph: Graph, logits: string) => {
    const scored = addTargetLoss(graph, logits);
    return { ...scored, goal: { [scored.targets]: integerTensor(SHAPE, [17, 3, 30, 0, 5]) } };
  },
  divergence: (graph: Graph, logits: string) => {
    const scored = addDivergenceLoss(graph, logits);
    const even = new Float32Array(TOKENS.length * TINY.vocabulary).fill(-Math.log(TINY.vocabulary));
    return { ...scored, goal: { [scored.reference]: floatTensor([...SHAPE, TINY.vocabulary], even) } };
  },
} as const;

const zeros = (shape: readonly number[]) => floatTensor(shape, new Float32Array(elementCount(shape)));

/**
 * A decoder with a loss, and activations with an input added to each: those of its middle block that methods edit, and
 * the embedding, so that gradients pass every operator.
 */
const decoderWithLoss = async (options: Partial<TinyDecoderOptions>, kind: keyof typeof LOSSES) => {
  let graph = tinyDecoder(options);
  const structure = unwrap(findDecoder(graph));
  const { feedForward, output } = structure.blocks[1]!;
  const activations = [structure.blocks[0]!.input, feedForward.down.input, feedForward.output, output];
  const tokens: Feeds = { ...tokenFeeds(structure, TOKENS), ...emptyCache(structure) };
  const traced = unwrap(await traceValues(graph, tokens));
  const deltas: Record<string, ReturnType<typeof zeros>> = {};
  for (const activation of activations) {
    const { shape } = traced.get(activation)!;
    const shifted = unwrap(addToTensor(graph, activation, shape));
    graph = shifted.graph;
    deltas[shifted.delta] = zeros(shape);
  }
  const { goal, loss, weights, graph: scored } = LOSSES[kind](graph, structure.io.logits);
  const feeds: Feeds = { ...tokens, ...goal, ...deltas, [weights]: WEIGHTS };
  return { graph: scored, loss, activations, deltas: Object.keys(deltas), feeds };
};

const widenFeeds = (feeds: Feeds): Feeds =>
  Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, widenTensor(tensor)]));

describe("gradients by activations equal finite differences in float64", () => {
  const cases = SPELLINGS.flatMap(({ title, ...options }) =>
    (["target", "divergence"] as const).map((kind) => ({ title, options, kind })),
  );

  it.each(cases)("$title, $kind loss", async ({ options, kind }) => {
    const { graph, loss, activations, deltas, feeds: narrow } = await decoderWithLoss(options, kind);
    const feeds = widenFeeds(narrow);
    const session = new LossSession(
      { graph: widenGraph(graph), loss, by: [...activations, ...deltas] },
      { threads: 1 },
    );
    const opened = unwrap(await session.open(feeds));
    const { gradients } = await opened.differentiate(feeds);
    for (const [index, delta] of deltas.entries()) {
      const data = feeds[delta]!.data as Float64Array;
      const gradient = gradients[delta]!.data as Float64Array;
      const [emitted, expected]: [number[], number[]] = [[], []];
      for (let at = index; at < data.length; at += STRIDE) {
        data[at] = STEP;
        const above = await opened.differentiate(feeds);
        data[at] = -STEP;
        const below = await opened.differentiate(feeds);
        data[at] = 0;
        emitted.push(gradient[at]!);
        expected.push((above.loss - below.loss) / (2 * STEP));
      }
      expect(emitted.length).toBeGreaterThan(3);
      expect(relativeError(emitted, expected)).toBeLessThan(1e-8);
      // What is added to an activation has the activation's own gradient.
      expect(gradients[activations[index]!]).toEqual(gradients[delta]);
    }
    await session.release();
  });
});

describe("gradients in float32", () => {
  const gradientsOf = async (options: Partial<TinyDecoderOptions>, wide: boolean) => {
    const { graph, loss, activations, feeds } = await decoderWithLoss(options, "target");
    const session = new LossSession({ graph: wide ? widenGraph(graph) : graph, loss, by: activations });
    const fed = wide ? widenFeeds(feeds) : feeds;
    const { gradients } = await unwrap(await session.open(fed)).differentiate(fed);
    await session.release();
    return activations.map((name) => gradients[name]!.data as Float32Array);
  };

  // The runtime has no Gelu and no Erf in float64.
  it.each([
    ["gelu-tanh", { activation: "gelu-tanh-decomposed" }, true],
    ["gelu", { activation: "gelu-erf" }, false],
    ["relu", { activation: "relu" }, true],
    ["silu", { activation: "silu" }, true],
  ] as const)("of %s agree with those of another spelling", async (activation, other, wide) => {
    const own = await gradientsOf({ activation }, false);
    const expected = await gradientsOf(other, wide);
    for (const [index, gradient] of own.entries())
      expect(relativeError(gradient, expected[index]!)).toBeLessThan(1e-5);
  });
});

/** loss = Σ w x² over x [n], by way of the square. */
const weighted = (n: number | string = "n"): LossGraph => {
  const b = new GraphBuilder(GraphBuilder.empty("weighted"));
  b.input("x", "float32", [n]);
  b.input("w", "float32", [1]);
  b.op("Mul", ["x", "x"], {}, "square");
  b.op("ReduceSum", [b.op("Mul", ["square", "w"])], { keepdims: 0 }, "loss");
  return { graph: b.graph, loss: "loss", by: ["x", "w"], keep: ["square"] };
};

const feedsOf = (...x: number[]): Feeds => ({
  x: floatTensor([x.length], Float32Array.from(x)),
  w: floatTensor([1], Float32Array.of(2)),
});

const values = (tensors: Feeds, name: string) => Array.from(tensors[name]!.data as Float32Array);

describe("what is opened for feeds", () => {
  let built: number[];
  let session: LossSession;
  beforeEach(() => {
    built = [];
    session = new LossSession(({ x }) => {
      built.push(x!.shape[0]!);
      return ok(weighted(x!.shape[0]!));
    });
  });

  it("serves all feeds of one set of shapes, whatever their values and their order", async () => {
    const first = unwrap(await session.open(feedsOf(1, 2)));
    const { x, w } = feedsOf(-3, 5);
    expect(unwrap(await session.open({ w: w!, x: x! }))).toBe(first);
    expect(built).toEqual([2]);
    expect((await first.differentiate(feedsOf(1, 2))).loss).toBe(10);
    expect((await first.differentiate(feedsOf(-3, 5))).loss).toBe(68);
  });

  it("is opened once where two ask at the same time", async () => {
    const [first, second] = await Promise.all([session.open(feedsOf(1)), session.open(feedsOf(2))]);
    expect(unwrap(first)).toBe(unwrap(second));
    expect(built).toEqual([1]);
  });

  it("is another for other shapes, and each is kept", async () => {
    const two = unwrap(await session.open(feedsOf(1, 2)));
    const three = unwrap(await session.open(feedsOf(1, 2, 3)));
    expect((await three.differentiate(feedsOf(1, 2, 3))).loss).toBe(28);
    expect(unwrap(await session.open(feedsOf(4, 5)))).toBe(two);
    expect(built).toEqual([2, 3]);
  });

  it("refuses feeds of other shapes", async () => {
    const two = unwrap(await session.open(feedsOf(1, 2)));
    await expect(two.differentiate(feedsOf(1, 2, 3))).rejects.toThrow(/dimension/);
  });

  it("is opened anew after a release", async () => {
    await session.open(feedsOf(1, 2));
    await session.release();
    const again = unwrap(await session.open(feedsOf(1, 2)));
    expect((await again.differentiate(feedsOf(1, 2))).loss).toBe(10);
    expect(built).toEqual([2, 2]);
  });
});

describe("a run", () => {
  const session = new LossSession(weighted());
  const open = async () => unwrap(await session.open(feedsOf(3, 4)));

  it("gives the loss, every gradient under the name of what it is by, and what was kept, if asked for", async () => {
    const { loss, gradients, kept } = await (await open()).differentiate(feedsOf(3, 4), ["square"]);
    expect(loss).toBe(50);
    expect(values(gradients, "x")).toEqual([12, 16]);
    expect(values(gradients, "w")).toEqual([25]);
    expect(values(kept, "square")).toEqual([9, 16]);
    expect((await (await open()).differentiate(feedsOf(3, 4))).kept).toEqual({});
  });

  it("reads what was kept alone", async () => {
    const kept = await (await open()).read(feedsOf(5, 6), ["square"]);
    expect(Object.keys(kept)).toEqual(["square"]);
    expect(values(kept, "square")).toEqual([25, 36]);
  });

  it("writes gradients where it is told to, and others into tensors of their own", async () => {
    const place = new Float32Array(4);
    const into = { x: floatTensor([2], place.subarray(1, 3)) };
    const { gradients } = await (await open()).differentiate(feedsOf(3, 4), [], into);
    expect([...place]).toEqual([0, 12, 16, 0]);
    expect(values(gradients, "w")).toEqual([25]);
  });

  it("ignores feeds that the graph has no input for", async () => {
    const more = { ...feedsOf(3, 4), aside: floatTensor([1], Float32Array.of(1)) };
    const opened = unwrap(await new LossSession(weighted()).open(more));
    expect((await opened.differentiate(more)).loss).toBe(50);
  });
});

describe("what cannot be opened is a problem", () => {
  const problemOf = async (source: ConstructorParameters<typeof LossSession>[0]) => {
    const opened = await new LossSession(source).open(feedsOf(1, 2));
    if (opened.ok) throw new Error("was opened");
    return opened.problem;
  };
  /** The same graph with more in it. */
  const withMore = (change: (b: GraphBuilder) => void, asked: Partial<LossGraph>): LossGraph => {
    const known = weighted();
    change(new GraphBuilder(known.graph, "more"));
    return { ...known, ...asked };
  };

  it("where an operator has no gradient", async () => {
    const source = withMore(
      (b) => b.op("ReduceSum", [b.op("Softplus", ["square"])], { keepdims: 0 }, "soft"),
      { loss: "soft", by: ["x"] },
    );
    expect(await problemOf(source)).toMatchObject({
      code: "unsupported_operator",
      detail: { operator: "Softplus" },
    });
  });

  it("where the loss is several numbers", async () => {
    expect(await problemOf({ ...weighted(), loss: "square" })).toMatchObject({ code: "unsupported_graph" });
  });

  it("where the loss does not depend on what it is differentiated by", async () => {
    const source = withMore((b) => b.op("Exp", ["x"], {}, "aside"), { by: ["aside"] });
    expect((await problemOf(source)).message).toContain('"aside"');
  });

  it("where the runtime refuses the graph", async () => {
    const { graph, ...rest } = weighted();
    graph.nodes[0]!.inputs = ["x", "missing"];
    expect((await problemOf({ ...rest, graph })).message).toContain("missing");
  });

  it("where the source has one", async () => {
    const none = problem("unsupported_graph", "There is no such block.");
    expect(await problemOf(() => fail(none))).toBe(none);
  });
});
