import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import type { Graph } from "../../src/onnx/graph.ts";
import { NO_HOOKS } from "../../src/onnx/hooks/hook-selection.ts";
import { loadNativeRuntime } from "../../src/onnx/native-runtime.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import { ownDecoder } from "./support/own-decoder.ts";
import { TINY, type TinyDecoderOptions, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const directory = mkdtempSync(join(tmpdir(), "errata-fusions-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Operations of the default domain that the runtime makes out of several. */
const FUSED_STANDARD = new Set(["Gelu", "LayerNormalization", "SimplifiedLayerNormalization"]);

/** How often each fused operation stands in the graph that the runtime really runs. */
const fusedOperations = async (graph: Graph): Promise<Record<string, number>> => {
  const runtime = await loadNativeRuntime();
  const file = join(directory, "optimized.onnx");
  const session = await runtime.InferenceSession.create(writeModel(graph).graph, {
    graphOptimizationLevel: "all",
    optimizedModelFilePath: file,
    logSeverityLevel: 3,
  });
  await session.release();
  const counts: Record<string, number> = {};
  for (const { op, domain } of unwrap(readModel(new Uint8Array(readFileSync(file)))).nodes)
    if (domain !== "" || FUSED_STANDARD.has(op)) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
};

/** `graph` with every hook it can carry, codebooks on the blocks that `codebookOn` picks. */
const withHooks = (graph: Graph, gated: boolean, codebookOn = (_layer: number) => true): Graph => {
  const structure = unwrap(findDecoder(graph));
  const layers = structure.blocks.map((_, layer) => layer);
  const sites = gated ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
  const lowRank = layers.flatMap((layer) => sites.map((site) => ({ layer, site })));
  return unwrap(
    addPatchInputs(graph, structure, { codebook: layers.filter(codebookOn), neurons: layers, lowRank }),
  ).graph;
};

/** The graph that serves what no patch acts on, the outputs of the blocks that `codebookOn` picks to be compared. */
const withQueries = (graph: Graph, codebookOn = (_layer: number) => true): Graph => {
  const structure = unwrap(findDecoder(graph));
  const codebook = structure.blocks.map((_, layer) => layer).filter(codebookOn);
  return unwrap(addPatchInputs(graph, structure, { ...NO_HOOKS, codebook })).plain;
};

const SPELLINGS: readonly Partial<TinyDecoderOptions>[] = [
  { activation: "gelu" },
  { activation: "gelu-tanh-decomposed", linear: "gemm" },
  { activation: "gelu-erf", norm: "layer-decomposed" },
  { activation: "silu", gated: true, norm: "rms" },
];

describe("patch inputs and the runtime's fusions", () => {
  it("keep all of this project's decoder: bias and GELU in one, and every norm", async () => {
    const graph = ownDecoder();
    const plain = await fusedOperations(graph);
    expect(plain).toMatchObject({ FastGelu: 3, LayerNormalization: 7 });
    expect(await fusedOperations(withHooks(graph, false))).toEqual(plain);
    expect(await fusedOperations(withQueries(graph))).toEqual(plain);
  });

  // The final norm may be fused with the last residual sum, which a codebook there has to read and to replace.
  it.each(SPELLINGS)(
    "keep those of another spelling, a codebook on the last block aside: %o",
    async (spelling) => {
      const graph = tinyDecoder(spelling);
      const plain = await fusedOperations(graph);
      expect(Object.keys(plain)).not.toEqual([]);
      const below = (layer: number) => layer < TINY.layers - 1;
      expect(await fusedOperations(withHooks(graph, spelling.gated ?? false, below))).toEqual(plain);
      expect(await fusedOperations(withQueries(graph, below))).toEqual(plain);
    },
  );
});
