import { describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { cloneGraph, floatInitializer, floatsOf, type Graph } from "../../src/onnx/graph.ts";
import { defaultHooks, type HookSelection, NO_HOOKS } from "../../src/onnx/hooks/hook-selection.ts";
import { floatTensor, type OfflineTensor } from "../../src/onnx/offline-session.ts";
import type { DecoderStructure, LinearLayer } from "../../src/onnx/structure/decoder-structure.ts";
import { OWN_DIMS, ownDecoder } from "./support/own-decoder.ts";
import { DecoderRunner, largestDifference, nextCache } from "./support/run-decoder.ts";
import { seededNormals } from "./support/seeded.ts";
import { OWN_STYLE, TINY, type TinyDecoderOptions, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const PROMPT = [3, 14, 15, 9, 2, 6];

const floats = (shape: readonly number[], values: readonly number[]) =>
  floatTensor(shape, Float32Array.from(values));

/** Every hook that a decoder can carry. */
const everyHook = (layers: number, gated: boolean): HookSelection => {
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const sites = gated ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
  return {
    codebook: all,
    neurons: all,
    lowRank: all.flatMap((layer) => sites.map((site) => ({ layer, site }))),
  };
};

const openPatched = async (graph: Graph, selection: HookSelection, exposed: readonly string[] = []) => {
  const structure = unwrap(findDecoder(graph));
  const { graph: patched, hooks } = unwrap(addPatchInputs(graph, structure, selection));
  const runner = await DecoderRunner.open(patched, structure, { hooks, exposed });
  return { structure, hooks, runner };
};

const openPlain = async (graph: Graph, exposed: readonly string[] = []) => {
  const structure = unwrap(findDecoder(graph));
  return { structure, runner: await DecoderRunner.open(graph, structure, { exposed }) };
};

const data = (outputs: Readonly<Record<string, OfflineTensor>>, name: string) =>
  outputs[name]!.data as Float32Array;

describe("absent patches", () => {
  it("leave every output of this project's decoder as it is, bit for bit, in prefill and in decoding", async () => {
    const plain = await openPlain(ownDecoder());
    const patched = await openPatched(ownDecoder(), everyHook(OWN_DIMS.layers, false));
    const names = [
      plain.structure.io.logits,
      ...plain.structure.blocks.flatMap(({ cache }) => [cache!.presentKey, cache!.presentValue]),
    ];
    let [bare, dummy] = [await plain.runner.run(PROMPT), await patched.runner.run(PROMPT)];
    for (let past = PROMPT.length; past < PROMPT.length + 4; past++) {
      for (const name of names) expect(data(dummy, name)).toEqual(data(bare, name));
      bare = await plain.runner.run([past], {}, nextCache(plain.structure, bare), past);
      dummy = await patched.runner.run([past], {}, nextCache(patched.structure, dummy), past);
    }
  });

  const spellings: Partial<TinyDecoderOptions>[] = [
    { norm: "rms", activation: "silu", gated: true, projections: "separate" },
    { norm: "layer-decomposed", activation: "gelu-tanh-decomposed", linear: "gemm" },
    { norm: "rms-division", activation: "gelu-erf", tied: false },
    { activation: "relu", cached: false },
  ];

  it.each(spellings)("change the logits of another spelling by 1e-5 at most: %o", async (spelling) => {
    const graph = tinyDecoder(spelling);
    const plain = await openPlain(graph);
    const patched = await openPatched(graph, everyHook(TINY.layers, spelling.gated ?? OWN_STYLE.gated));
    const [bare, dummy] = [await plain.runner.run(PROMPT), await patched.runner.run(PROMPT)];
    expect(largestDifference(data(dummy, "logits"), data(bare, "logits"))).toBeLessThanOrEqual(1e-5);
  });
});

/** A copy of `graph` whose layer `linear` holds W + AB, A being [in, 2] and B [2, out]. */
const withMergedWeight = (graph: Graph, linear: LinearLayer, A: readonly number[], B: readonly number[]) => {
  const copy = cloneGraph(graph);
  const { shape, ...weight } = graph.initializers.get(linear.weight)!;
  const merged = Float32Array.from(floatsOf({ shape, ...weight }));
  for (let row = 0; row < linear.in; row++)
    for (let column = 0; column < linear.out; column++) {
      const place = linear.orientation === "in-out" ? row * linear.out + column : column * linear.in + row;
      merged[place]! += A[2 * row]! * B[column]! + A[2 * row + 1]! * B[linear.out + column]!;
    }
  copy.initializers.set(linear.weight, floatInitializer(shape, merged));
  return copy;
};

describe("low-rank inputs", () => {
  const cases = (["up", "gate", "down"] as const).flatMap((site) =>
    (["matmul", "gemm"] as const).map((linear) => ({ site, linear })),
  );

  it.each(cases)("act on $site ($linear) as the weight W + AB does", async ({ site, linear }) => {
    const graph = tinyDecoder({ gated: true, activation: "silu", linear });
    const patched = await openPatched(graph, { ...NO_HOOKS, lowRank: [{ layer: 1, site }] });
    const layer = patched.structure.blocks[1]!.feedForward[site]!;
    const normals = seededNormals(5);
    const [A, B] = [normals(layer.in * 2), normals(2 * layer.out)];
    const merged = await openPlain(withMergedWeight(graph, layer, A, B));
    const outputs = await patched.runner.run(PROMPT, {
      [`patch.1.${site}.A`]: floats([layer.in, 2], A),
      [`patch.1.${site}.B`]: floats([2, layer.out], B),
    });
    const expected = data(await merged.runner.run(PROMPT), "logits");
    const plain = data(await (await openPlain(graph)).runner.run(PROMPT), "logits");
    expect(largestDifference(data(outputs, "logits"), expected)).toBeLessThan(1e-5);
    expect(largestDifference(plain, expected)).toBeGreaterThan(0.05);
  });

  it("name the layer's input and its output with bias and patch", async () => {
    const graph = tinyDecoder();
    const { hooks, structure } = await openPatched(graph, {
      ...NO_HOOKS,
      lowRank: [{ layer: 2, site: "up" }],
    });
    const { up } = structure.blocks[2]!.feedForward;
    expect(hooks).toEqual([
      {
        kind: "low-rank",
        layer: 2,
        site: "up",
        in: 12,
        out: 20,
        inputs: { A: "patch.2.up.A", B: "patch.2.up.B" },
        tensors: { input: up.input, output: up.output },
      },
    ]);
  });
});

/** Two neurons over a width of 12, as feeds for block `layer`: `bias` decides whether they fire. */
const neuronFeeds = (layer: number, bias: readonly number[]) => {
  const normals = seededNormals(9);
  const K = normals(TINY.width * 2);
  const V = normals(2 * TINY.width);
  return {
    K,
    V,
    feeds: {
      [`patch.${layer}.neurons.K`]: floats([TINY.width, 2], K),
      [`patch.${layer}.neurons.b`]: floats([2], bias),
      [`patch.${layer}.neurons.V`]: floats([2, TINY.width], V),
    },
  };
};

/** xK + b for each position (rows) and neuron, in float64. */
const preActivations = (x: Float32Array, K: readonly number[], bias: readonly number[]): number[][] =>
  Array.from({ length: x.length / TINY.width }, (_, row) =>
    bias.map((b, neuron) =>
      Array.from({ length: TINY.width }, (_, i) => x[row * TINY.width + i]! * K[2 * i + neuron]!).reduce(
        (sum, term) => sum + term,
        b,
      ),
    ),
  );

describe("neuron inputs", () => {
  it.each(["matmul", "gemm"] as const)(
    "add relu(xK + b)V to the FFN's output (%s) and report peaks",
    async (linear) => {
      const graph = tinyDecoder({ linear });
      const { feedForward } = unwrap(findDecoder(graph)).blocks[1]!;
      const { hooks } = await openPatched(graph, { ...NO_HOOKS, neurons: [1] });
      const { input, output } = hooks[0]!.tensors;
      const patched = await openPatched(graph, { ...NO_HOOKS, neurons: [1] }, [input, output]);
      const plain = await openPlain(graph, [feedForward.output]);
      const bias = [1.5, -0.2];
      const { K, V, feeds } = neuronFeeds(1, bias);
      const outputs = await patched.runner.run(PROMPT, feeds);
      const before = data(await plain.runner.run(PROMPT), feedForward.output);
      const raw = preActivations(data(outputs, input), K, bias);
      const expected = Array.from(before, (value, place) => {
        const [row, column] = [Math.floor(place / TINY.width), place % TINY.width];
        return raw[row]!.reduce(
          (sum, activation, neuron) => sum + Math.max(activation, 0) * V[neuron * TINY.width + column]!,
          value,
        );
      });
      expect(largestDifference(data(outputs, output), expected)).toBeLessThan(1e-5);
      const peaks = bias.map((_, neuron) => Math.max(...raw.map((row) => row[neuron]!)));
      expect(largestDifference(data(outputs, "patch.1.neurons.peak"), peaks)).toBeLessThan(1e-5);
      expect(Math.max(...peaks)).toBeGreaterThan(0);
    },
  );

  it("change nothing at all while they are silent, and report a peak below 0", async () => {
    const graph = tinyDecoder();
    const patched = await openPatched(graph, { ...NO_HOOKS, neurons: [0] });
    const outputs = await patched.runner.run(PROMPT, neuronFeeds(0, [-100, -200]).feeds);
    const bare = await (await openPlain(graph)).runner.run(PROMPT);
    expect(data(outputs, "logits")).toEqual(data(bare, "logits"));
    expect(Math.max(...data(outputs, "patch.0.neurons.peak"))).toBeLessThan(-50);
  });

  it.each([
    ["gelu-tanh", 0.8411919906082768],
    ["gelu", 0.8413447460685429],
    ["silu", 0.7310585786300049],
    ["relu", 1],
  ] as const)(
    "compute the FFN's own activation where it is asked for: %s of 1",
    async (activation, value) => {
      const graph = tinyDecoder({ activation });
      const selection: HookSelection = { ...NO_HOOKS, neurons: [2], neuronActivation: "model" };
      const { hooks } = await openPatched(graph, selection);
      const { output } = hooks[0]!.tensors;
      const patched = await openPatched(graph, selection, [output]);
      const before = data(await patched.runner.run(PROMPT), output);
      const outputs = await patched.runner.run(PROMPT, {
        "patch.2.neurons.K": floats([TINY.width, 1], Array(TINY.width).fill(0)),
        "patch.2.neurons.b": floats([1], [1]),
        "patch.2.neurons.V": floats([1, TINY.width], Array(TINY.width).fill(1)),
      });
      const added = data(outputs, output).map((sum, place) => sum - before[place]!);
      expect(largestDifference(added, Array(added.length).fill(value))).toBeLessThan(2e-6);
    },
  );
});

const codebookFeeds = (
  layer: number,
  keys: readonly (readonly number[])[],
  values: readonly (readonly number[])[],
  radii: readonly number[],
) => {
  const [m, d] = [keys.length, keys[0]!.length];
  const columns = keys[0]!.flatMap((_, column) => keys.map((key) => key[column]!));
  const norms = keys.map((key) => key.reduce((sum, value) => sum + value * value, 0));
  return {
    [`patch.${layer}.codebook.keys_t`]: floats([d, m], columns),
    [`patch.${layer}.codebook.key_norms`]: floats([m], norms),
    [`patch.${layer}.codebook.values`]: floats([m, d], values.flat()),
    [`patch.${layer}.codebook.radii`]: floats([m], radii),
  };
};

/** A codebook on block 1 of the tiny decoder, with the block's output before and after it. */
const openCodebook = async () => {
  const graph = tinyDecoder();
  const selection: HookSelection = { ...NO_HOOKS, codebook: [1] };
  const { hooks } = await openPatched(graph, selection);
  const { input, output } = hooks[0]!.tensors;
  const { runner } = await openPatched(graph, selection, [input, output]);
  const state = Array.from(data(await runner.run(PROMPT), input).slice(-TINY.width));
  return {
    state,
    async consult(feeds: Readonly<Record<string, OfflineTensor>>) {
      const outputs = await runner.run(PROMPT, feeds);
      return {
        index: Number(outputs["patch.1.codebook.index"]!.data[0]),
        distance: data(outputs, "patch.1.codebook.distance")[0]!,
        query: Array.from(data(outputs, "patch.1.codebook.query")),
        before: Array.from(data(outputs, input)),
        after: Array.from(data(outputs, output)),
      };
    },
  };
};

const VALUE_A = Array.from({ length: TINY.width }, (_, i) => (i + 1) / 8);
const VALUE_B = VALUE_A.map((value) => -value);
const shifted = (vector: readonly number[], by: number) =>
  vector.map((value, i) => (i === 0 ? Math.fround(value + by) : value));

describe("codebook inputs", () => {
  it("replace the last position, and it alone, by the nearest key's value within its radius", async () => {
    const { state, consult } = await openCodebook();
    const keys = [shifted(state, 3), shifted(state, -0.5), shifted(state, 2)];
    const found = await consult(codebookFeeds(1, keys, [VALUE_B, VALUE_A, VALUE_B], [9, 0.6, 9]));
    expect(found.index).toBe(1);
    expect(found.distance).toBeCloseTo(0.5, 6);
    expect(found.query).toEqual(state);
    expect(found.after).toEqual([...found.before.slice(0, -TINY.width), ...VALUE_A]);
  });

  it("report the nearest key on a miss and leave the state as it is", async () => {
    const { state, consult } = await openCodebook();
    const keys = [shifted(state, 3), shifted(state, -0.5)];
    const found = await consult(codebookFeeds(1, keys, [VALUE_B, VALUE_A], [9, 0.4]));
    expect(found.index).toBe(1);
    expect(found.distance).toBeCloseTo(0.5, 6);
    expect(found.after).toEqual(found.before);
  });

  it("never hit with radius -1, not even at distance 0, and hit with radius 0 there", async () => {
    const { state, consult } = await openCodebook();
    const never = await consult(codebookFeeds(1, [state], [VALUE_A], [-1]));
    expect([never.distance, never.after]).toEqual([0, never.before]);
    const exact = await consult(codebookFeeds(1, [state], [VALUE_A], [0]));
    expect(exact.after.slice(-TINY.width)).toEqual(VALUE_A);
  });

  it("always hit with an infinite radius", async () => {
    const { consult } = await openCodebook();
    const far = Array(TINY.width).fill(1e6);
    const found = await consult(codebookFeeds(1, [far], [VALUE_B], [Number.POSITIVE_INFINITY]));
    expect(found.after.slice(-TINY.width)).toEqual(VALUE_B);
  });

  it("measure the winner's distance without the cancellation that |k|² - 2 h·k suffers", async () => {
    const { state, consult } = await openCodebook();
    const near = shifted(state, 2 ** -9);
    const found = await consult(codebookFeeds(1, [near], [VALUE_A], [-1]));
    expect(Math.abs(found.distance - Math.abs(near[0]! - state[0]!))).toBeLessThan(1e-9);
  });
});

describe("addPatchInputs", () => {
  const graph = tinyDecoder();
  const structure: DecoderStructure = unwrap(findDecoder(graph));

  it("leaves the graph that it was given as it was", () => {
    const before = JSON.stringify([graph.inputs, graph.outputs, graph.nodes]);
    unwrap(addPatchInputs(graph, structure, everyHook(TINY.layers, false)));
    expect(JSON.stringify([graph.inputs, graph.outputs, graph.nodes])).toBe(before);
  });

  it.each([
    [{ ...NO_HOOKS, codebook: [3] }, /Block 3 cannot carry a hook: blocks run from 0 to 2/],
    [{ ...NO_HOOKS, lowRank: [{ layer: 0, site: "gate" as const }] }, /Block 0 has no gate/],
    [{ ...NO_HOOKS, neurons: [1, 1] }, /"neurons 1" is asked for twice/],
  ])("refuses a selection that does not fit: %o", (selection, message) => {
    const result = addPatchInputs(graph, structure, selection);
    expect(result).toMatchObject({ ok: false, problem: { code: "unsupported_value" } });
    if (!result.ok) expect(result.problem.message).toMatch(message);
  });

  it("refuses a graph that has patch inputs already", () => {
    const once = unwrap(addPatchInputs(graph, structure, { ...NO_HOOKS, neurons: [0] })).graph;
    expect(addPatchInputs(once, structure, NO_HOOKS)).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph" },
    });
  });

  it("refuses an opset that lacks the operations", () => {
    const old = { ...graph, opsets: new Map([["", 12]]) };
    expect(addPatchInputs(old, structure, NO_HOOKS)).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph" },
    });
  });

  it("advises the last block for codebook and neurons, the middle third's down-projections for low rank", () => {
    expect(defaultHooks(6)).toEqual({
      codebook: [5],
      neurons: [5],
      lowRank: [
        { layer: 2, site: "down" },
        { layer: 3, site: "down" },
      ],
    });
    expect(defaultHooks(1).lowRank).toEqual([{ layer: 0, site: "down" }]);
  });
});
