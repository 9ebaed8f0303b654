import { describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import type { Graph } from "../../src/onnx/graph.ts";
import { removePatchInputs } from "../../src/onnx/remove-patch-inputs.ts";
import { type TinyDecoderOptions, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const SPELLINGS: readonly Partial<TinyDecoderOptions>[] = [
  {},
  { activation: "gelu-tanh-decomposed", linear: "gemm", norm: "layer-decomposed" },
  { activation: "silu", gated: true, norm: "rms", projections: "separate" },
  { activation: "gelu-erf", tied: false },
];

const withEveryHook = (graph: Graph, gated: boolean): Graph => {
  const structure = unwrap(findDecoder(graph));
  const layers = structure.blocks.map((_, layer) => layer);
  const sites = gated ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
  const lowRank = layers.flatMap((layer) => sites.map((site) => ({ layer, site })));
  const selection = { codebook: layers, neurons: layers, lowRank, neuronActivation: "model" as const };
  return unwrap(addPatchInputs(graph, structure, selection)).graph;
};

describe("removePatchInputs", () => {
  it.each(SPELLINGS)("gives the graph back that the hooks were added to: %o", (spelling) => {
    const graph = tinyDecoder(spelling);
    const restored = removePatchInputs(withEveryHook(graph, spelling.gated ?? false));
    expect(restored.nodes).toEqual(graph.nodes);
    expect(restored.inputs).toEqual(graph.inputs);
    expect(restored.outputs).toEqual(graph.outputs);
    expect([...restored.initializers.keys()]).toEqual([...graph.initializers.keys()]);
  });

  it("leaves a graph without patch inputs alone", () => {
    const graph = tinyDecoder();
    expect(removePatchInputs(graph).nodes).toEqual(graph.nodes);
  });
});
