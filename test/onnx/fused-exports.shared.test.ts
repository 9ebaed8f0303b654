import { describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { addGradients } from "../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../src/onnx/autodiff/trace-values.ts";
import type { Graph } from "../../src/onnx/graph.ts";
import type { HookSelection } from "../../src/onnx/hooks/hook-selection.ts";
import { lowerGraph } from "../../src/onnx/lower/lower-graph.ts";
import {
  type Feeds,
  floatTensor,
  integerTensor,
  openOfflineSession,
} from "../../src/onnx/offline-session.ts";
import { openDecoder } from "../../src/onnx/open-decoder.ts";
import { servableDecoder } from "../../src/onnx/servable-decoder.ts";
import type { DecoderStructure } from "../../src/onnx/structure/decoder-structure.ts";
import { addTargetLoss } from "../../src/onnx/surgery/target-loss.ts";
import { relativeError } from "./autodiff/finite-differences.ts";
import { widenGraph, widenTensor } from "./autodiff/widen.ts";
import { addToTensor } from "./support/add-to-tensor.ts";
import {
  DecoderRunner,
  emptyCache,
  largestDifference,
  lastRow,
  tokenFeeds,
  truthTensor,
} from "./support/run-decoder.ts";
import { seededNormals } from "./support/seeded.ts";
import { FUSED_EXPORTS, type FusedExport, fusedGraph, haveSharedModels } from "./support/shared-models.ts";
import { unwrap } from "./support/unwrap.ts";

const PROMPT = [12, 88, 301, 77, 5, 640, 33, 902];

const load = (fused: FusedExport) => unwrap(servableDecoder(fusedGraph(fused)));

/** How far logits may lie apart: of single precision in all, of half precision in the largest of them. */
const tolerance = ({ model }: FusedExport, logits: Float32Array): number =>
  model.endsWith("fp16") ? 0.02 * logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 1e-4;

const everyHook = ({ blocks }: DecoderStructure): HookSelection => {
  const layers = [...blocks.keys()];
  const sites = blocks[0]!.feedForward.gate ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
  return {
    codebook: layers,
    neurons: layers,
    lowRank: layers.flatMap((layer) => sites.map((site) => ({ layer, site }))),
  };
};

const logitsOf = async (
  graph: Graph,
  structure: DecoderStructure,
  options: Parameters<typeof DecoderRunner.open>[2] = {},
  patches: Feeds = {},
): Promise<Float32Array> => {
  const runner = await DecoderRunner.open(graph, structure, options);
  const outputs = await runner.run(PROMPT, patches);
  await runner.release();
  return lastRow(outputs[structure.io.logits]!);
};

const random = (shape: readonly number[], seed: number, scale = 1) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return floatTensor(
    shape,
    Float32Array.from(seededNormals(seed)(count), (value) => value * scale),
  );
};

/** Patches of every kind, the codebook's at the middle block. */
const somePatches = ({ dims, blocks }: DecoderStructure): Feeds => {
  const middle = Math.floor(blocks.length / 2);
  return {
    [`patch.${middle}.down.A`]: random([dims.ffn, 2], 1, 0.3),
    [`patch.${middle}.down.B`]: random([2, dims.width], 2, 0.3),
    "patch.0.up.A": random([dims.width, 1], 3, 0.3),
    "patch.0.up.B": random([1, dims.ffn], 4, 0.3),
    [`patch.${blocks.length - 1}.neurons.K`]: random([dims.width, 3], 5),
    [`patch.${blocks.length - 1}.neurons.b`]: random([3], 6),
    [`patch.${blocks.length - 1}.neurons.V`]: random([3, dims.width], 7),
    [`patch.${middle}.codebook.value`]: random([1, 1, dims.width], 8),
    [`patch.${middle}.codebook.inject`]: truthTensor(true),
  };
};

describe.skipIf(!haveSharedModels).each(FUSED_EXPORTS)("$model", (fused) => {
  it("has the logits of its lowered graph", async () => {
    const { graph, structure } = load(fused);
    const served = await logitsOf(graph, structure);
    const lowered = await logitsOf(unwrap(lowerGraph(graph)), structure);
    expect(largestDifference(served, lowered)).toBeLessThanOrEqual(tolerance(fused, served));
  });

  it("takes hooks at every site that leave the logits alone while no patch is there", async () => {
    const { graph, structure } = load(fused);
    const { graph: patched, hooks } = unwrap(addPatchInputs(graph, structure, everyHook(structure)));
    const bare = await logitsOf(graph, structure);
    const dummy = await logitsOf(patched, structure, { hooks });
    expect(largestDifference(dummy, bare)).toBeLessThanOrEqual(tolerance(fused, bare) / 10);
  });

  it("keeps its fused operators, but for norms that a codebook stands before", () => {
    const { graph, structure } = load(fused);
    const codebooks = { ...everyHook(structure), neurons: [], lowRank: [] };
    const { graph: patched, plain } = unwrap(addPatchInputs(graph, structure, codebooks));
    const fusedCount = ({ nodes }: Graph) => nodes.filter(({ domain }) => domain !== "").length;
    expect(fusedCount(plain)).toBe(fusedCount(graph));
    expect(fusedCount(patched)).toBe(fusedCount(graph) - structure.blocks.length);
  });

  it("answers patches of every kind as the lowered graph with the same patches does", async () => {
    const { graph, structure } = load(fused);
    const lowered = unwrap(lowerGraph(graph));
    const [ofServed, ofLowered] = await Promise.all(
      [graph, lowered].map(async (each) => {
        const { graph: patched, hooks } = unwrap(addPatchInputs(each, structure, everyHook(structure)));
        return logitsOf(patched, structure, { hooks }, somePatches(structure));
      }),
    );
    const bare = await logitsOf(graph, structure);
    expect(largestDifference(ofServed!, ofLowered!)).toBeLessThanOrEqual(tolerance(fused, ofServed!));
    expect(largestDifference(ofServed!, bare)).toBeGreaterThan(10 * tolerance(fused, ofServed!));
  });

  it("is found again in its instrumented graph, under the same names", () => {
    const { graph, structure } = load(fused);
    const { graph: patched } = unwrap(addPatchInputs(graph, structure, everyHook(structure)));
    const again = unwrap(openDecoder(patched)).structure;
    expect(again.blocks.map(({ output }) => output)).toEqual(structure.blocks.map(({ output }) => output));
    expect(again.dims).toEqual(structure.dims);
    expect(again.io).toEqual(structure.io);
  });

  it("has gradients that equal finite differences", async () => {
    const { graph, structure } = load(fused);
    const lowered = unwrap(lowerGraph(graph));
    const width = structure.dims.width;
    const { output } = structure.blocks[0]!.feedForward;
    const shifted = unwrap(addToTensor(lowered, output, [1, PROMPT.length, width]));
    const scored = addTargetLoss(shifted.graph, structure.io.logits);
    const feeds: Feeds = Object.fromEntries(
      Object.entries({
        ...tokenFeeds(structure, PROMPT),
        ...emptyCache(structure),
        [shifted.delta]: random([1, PROMPT.length, width], 9, 0.01),
        [scored.targets]: integerTensor([1, PROMPT.length], [...PROMPT.slice(1), 3]),
        [scored.weights]: floatTensor([1, PROMPT.length], new Float32Array(PROMPT.length).fill(1)),
      }).map(([name, tensor]) => [name, widenTensor(tensor)]),
    );
    const wide = widenGraph(scored.graph);
    const traced = unwrap(await traceValues(wide, feeds));
    const { graph: differentiated, gradients } = unwrap(
      addGradients(wide, traced, scored.loss, [shifted.delta]),
    );
    // Unoptimised: the runtime would fuse SiLU into an operator that it has no float64 kernel for.
    const session = unwrap(await openOfflineSession(differentiated, { threads: 1, optimize: false }));
    const lossNow = async () => Number((await session.run(feeds, [scored.loss]))[scored.loss]!.data[0]);
    const name = gradients.get(shifted.delta)!;
    const gradient = Array.from((await session.run(feeds, [name]))[name]!.data as Float64Array);
    const delta = feeds[shifted.delta]!.data as Float64Array;
    const places = Array.from({ length: 6 }, (_, probe) => Math.floor(((probe + 0.5) / 6) * delta.length));
    const differences: number[] = [];
    for (const place of places) {
      const original = delta[place]!;
      delta[place] = original + 1e-5;
      const above = await lossNow();
      delta[place] = original - 1e-5;
      differences.push((above - (await lossNow())) / 2e-5);
      delta[place] = original;
    }
    await session.release();
    expect(
      relativeError(
        places.map((place) => gradient[place]!),
        differences,
      ),
    ).toBeLessThan(1e-4);
  });
});
