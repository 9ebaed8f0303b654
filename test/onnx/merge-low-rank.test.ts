import { describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { cloneGraph, floatsOf, type Graph } from "../../src/onnx/graph.ts";
import { type LowRankUpdate, mergeLowRank } from "../../src/onnx/merge-low-rank.ts";
import { floatTensor } from "../../src/onnx/offline-session.ts";
import { DecoderRunner, largestDifference } from "./support/run-decoder.ts";
import { seededNormals } from "./support/seeded.ts";
import { haveSharedModels, SHARED_CACHED, sharedGraph, sharedReference } from "./support/shared-models.ts";
import { type TinyDecoderOptions, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const RANK = 2;

const updatesOf = (graph: Graph, sites: readonly LowRankUpdate["site"][], layers: readonly number[]) => {
  const { blocks } = unwrap(findDecoder(graph));
  const normals = seededNormals(3);
  return layers.flatMap((layer) =>
    sites.map((site): LowRankUpdate => {
      const linear = blocks[layer]!.feedForward[site]!;
      const draw = (count: number) => Float32Array.from(normals(count), (value) => value * 0.3);
      return { layer, site, A: draw(linear.in * RANK), B: draw(RANK * linear.out), rank: RANK };
    }),
  );
};

/** Logits of `ids` with the updates as patch inputs, and with them merged. */
const bothLogits = async (graph: Graph, updates: readonly LowRankUpdate[], ids: readonly number[]) => {
  const structure = unwrap(findDecoder(graph));
  const lowRank = updates.map(({ layer, site }) => ({ layer, site }));
  const selection = { codebook: [], neurons: [], lowRank, neuronActivation: "relu" as const };
  const instrumented = unwrap(addPatchInputs(graph, structure, selection));
  const patches = Object.assign(
    {},
    ...instrumented.hooks.map((hook) => {
      if (hook.kind !== "low-rank") throw new Error("another hook than was asked for");
      const { A, B } = updates.find(({ layer, site }) => layer === hook.layer && site === hook.site)!;
      return {
        [hook.inputs.A]: floatTensor([hook.in, RANK], A),
        [hook.inputs.B]: floatTensor([RANK, hook.out], B),
      };
    }),
  );
  const { logits } = structure.io;
  const bound = await DecoderRunner.open(instrumented.graph, structure, { hooks: instrumented.hooks });
  const plain = await DecoderRunner.open(unwrap(mergeLowRank(graph, updates)), structure);
  const bare = await DecoderRunner.open(graph, structure);
  const of = async (runner: DecoderRunner, given = {}) =>
    (await runner.run(ids, given))[logits]!.data as Float32Array;
  return { bound: await of(bound, patches), merged: await of(plain), bare: await of(bare) };
};

const SPELLINGS: readonly Partial<TinyDecoderOptions>[] = [
  {},
  { linear: "gemm" },
  { activation: "silu", gated: true, norm: "rms", projections: "separate", tied: false },
];

describe("mergeLowRank", () => {
  it.each(SPELLINGS)("gives the logits that the patch inputs give: %o", async (spelling) => {
    const graph = tinyDecoder(spelling);
    const sites = spelling.gated ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
    const { bound, merged, bare } = await bothLogits(graph, updatesOf(graph, sites, [0, 2]), [3, 9, 27, 1]);
    expect(largestDifference(bound, bare)).toBeGreaterThan(0.1);
    expect(largestDifference(merged, bound)).toBeLessThan(1e-5);
  });

  it("changes the weights that it names, each element rounded once, and leaves the graph given alone", () => {
    const graph = tinyDecoder();
    const [update] = updatesOf(graph, ["down"], [1]) as [LowRankUpdate];
    const { down } = unwrap(findDecoder(graph)).blocks[1]!.feedForward;
    const before = floatsOf(graph.initializers.get(down.weight)!).slice();
    const merged = unwrap(mergeLowRank(graph, [update]));
    expect(floatsOf(graph.initializers.get(down.weight)!)).toEqual(before);
    const after = floatsOf(merged.initializers.get(down.weight)!);
    const expected = before.map((weight, place) => {
      const [i, j] = [Math.floor(place / down.out), place % down.out];
      let sum = 0;
      for (let k = 0; k < RANK; k++) sum += update.A[i * RANK + k]! * update.B[k * down.out + j]!;
      return Math.fround(weight + sum);
    });
    expect(after).toEqual(expected);
    const changed = [...merged.initializers].filter(
      ([name, value]) => graph.initializers.get(name) !== value,
    );
    expect(changed.map(([name]) => name)).toEqual([down.weight]);
  });

  it("adds up several updates of one layer", () => {
    const graph = tinyDecoder();
    const [update] = updatesOf(graph, ["down"], [1]) as [LowRankUpdate];
    const back = { ...update, B: update.B.map((value) => -value) };
    const { weight } = unwrap(findDecoder(graph)).blocks[1]!.feedForward.down;
    const restored = unwrap(mergeLowRank(graph, [update, back])).initializers.get(weight)!;
    expect(largestDifference(floatsOf(restored), floatsOf(graph.initializers.get(weight)!))).toBeLessThan(
      1e-6,
    );
  });

  it("refuses a weight that another layer reads too", () => {
    const graph = cloneGraph(tinyDecoder());
    const { blocks } = unwrap(findDecoder(graph));
    const [first, second] = [blocks[0]!.feedForward.down.weight, blocks[1]!.feedForward.down.weight];
    for (const node of graph.nodes)
      node.inputs = node.inputs.map((input) => (input === second ? first : input));
    expect(mergeLowRank(graph, updatesOf(graph, ["down"], [0]))).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph" },
    });
  });

  it("throws for a layer that is not there: the patches were checked", () => {
    const graph = tinyDecoder();
    const [update] = updatesOf(graph, ["down"], [0]) as [LowRankUpdate];
    expect(() => mergeLowRank(graph, [{ ...update, layer: 9 }])).toThrow(RangeError);
    expect(() => mergeLowRank(graph, [{ ...update, site: "gate" }])).toThrow(RangeError);
  });
});

describe.skipIf(!haveSharedModels).each(SHARED_CACHED)("mergeLowRank on $model/$file", ({ model, file }) => {
  it("has the reference's logits of W + uvᵀ", async () => {
    const graph = sharedGraph(model, file);
    const { prompt, e } = sharedReference(model);
    const update = {
      layer: e.layer,
      site: "down",
      A: Float32Array.from(e.u),
      B: Float32Array.from(e.v),
      rank: 1,
    } as const;
    const structure = unwrap(findDecoder(graph));
    const runner = await DecoderRunner.open(unwrap(mergeLowRank(graph, [update])), structure);
    const { data } = (await runner.run(prompt.ids))[structure.io.logits]!;
    const last = (data as Float32Array).slice(-e.logits_last.length);
    expect(largestDifference(last, e.logits_last)).toBeLessThan(3e-5);
  });
});
