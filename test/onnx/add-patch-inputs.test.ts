import { describe, expect, it } from "vitest";
import type { CodebookHook, NeuronsHook } from "../../src/core/model/prepared-model.ts";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { cloneGraph, floatInitializer, floatsOf, type Graph } from "../../src/onnx/graph.ts";
import { defaultHooks, type HookSelection, NO_HOOKS } from "../../src/onnx/hooks/hook-selection.ts";
import { floatTensor, type OfflineTensor } from "../../src/onnx/offline-session.ts";
import type { DecoderStructure, LinearLayer } from "../../src/onnx/structure/decoder-structure.ts";
import { OWN_DIMS, ownDecoder } from "./support/own-decoder.ts";
import { DecoderRunner, largestDifference, nextCache, truthTensor } from "./support/run-decoder.ts";
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
    { form: "parallel", scaled: true },
    { form: "sandwich", norm: "rms", activation: "silu", gated: true, scaled: true },
    { form: "post-norm", norm: "rms" },
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
    "add relu(xK + b)V to the FFN's output (%s), whose input is an output",
    async (linear) => {
      const graph = tinyDecoder({ linear });
      const { feedForward } = unwrap(findDecoder(graph)).blocks[1]!;
      const { hooks } = await openPatched(graph, { ...NO_HOOKS, neurons: [1] });
      const { output } = hooks[0]!.tensors;
      const { state } = (hooks as [NeuronsHook])[0].outputs;
      const patched = await openPatched(graph, { ...NO_HOOKS, neurons: [1] }, [output]);
      const plain = await openPlain(graph, [feedForward.output]);
      const bias = [1.5, -0.2];
      const { K, V, feeds } = neuronFeeds(1, bias);
      const outputs = await patched.runner.run(PROMPT, feeds);
      const before = data(await plain.runner.run(PROMPT), feedForward.output);
      const raw = preActivations(data(outputs, state), K, bias);
      const expected = Array.from(before, (value, place) => {
        const [row, column] = [Math.floor(place / TINY.width), place % TINY.width];
        return raw[row]!.reduce(
          (sum, activation, neuron) => sum + Math.max(activation, 0) * V[neuron * TINY.width + column]!,
          value,
        );
      });
      expect(largestDifference(data(outputs, output), expected)).toBeLessThan(1e-5);
      expect(Math.max(...raw.flat())).toBeGreaterThan(0);
    },
  );

  it("change nothing at all while they are silent", async () => {
    const graph = tinyDecoder();
    const patched = await openPatched(graph, { ...NO_HOOKS, neurons: [0] });
    const outputs = await patched.runner.run(PROMPT, neuronFeeds(0, [-100, -200]).feeds);
    const bare = await (await openPlain(graph)).runner.run(PROMPT);
    expect(data(outputs, "logits")).toEqual(data(bare, "logits"));
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

/** A codebook on block 1 of the tiny decoder, with the block's output before and after it. */
const openCodebook = async () => {
  const graph = tinyDecoder();
  const selection: HookSelection = { ...NO_HOOKS, codebook: [1] };
  const { hooks } = await openPatched(graph, selection);
  const { output } = hooks[0]!.tensors;
  const [hook] = hooks as [CodebookHook];
  const { runner } = await openPatched(graph, selection, [output]);
  return {
    hook,
    async run(value: readonly number[], inject: boolean) {
      const outputs = await runner.run(PROMPT, {
        "patch.1.codebook.value": floats([1, 1, TINY.width], value),
        "patch.1.codebook.inject": truthTensor(inject),
      });
      return {
        before: Array.from(data(outputs, hook.outputs.query)),
        after: Array.from(data(outputs, output)),
      };
    },
  };
};

const VALUE = Array.from({ length: TINY.width }, (_, i) => (i + 1) / 8);

describe("codebook inputs", () => {
  it("replace every position of a run by the value where they inject", async () => {
    const { run } = await openCodebook();
    const { before, after } = await run(VALUE, true);
    expect(after).toEqual(PROMPT.flatMap(() => VALUE));
    expect(before).not.toEqual(after);
  });

  it("leave the state as it is, bit for bit, where they do not, whatever the value", async () => {
    const { run } = await openCodebook();
    const { before, after } = await run(VALUE, false);
    expect(after).toEqual(before);
  });

  it("give the block's output to compare, of the plain graph too", async () => {
    const graph = tinyDecoder();
    const structure = unwrap(findDecoder(graph));
    const { plain } = unwrap(addPatchInputs(graph, structure, { ...NO_HOOKS, codebook: [1] }));
    const { hook, run } = await openCodebook();
    expect(hook.outputs.query).toBe(structure.blocks[1]!.output);
    const bare = await DecoderRunner.open(plain, structure);
    const state = Array.from(data(await bare.run(PROMPT), hook.outputs.query));
    expect((await run(VALUE, false)).before).toEqual(state);
    expect(plain.inputs).toEqual(graph.inputs);
    expect(plain.nodes).toEqual(graph.nodes);
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
