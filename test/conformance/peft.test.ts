import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { writeSafetensors } from "../../src/core/tensor/safetensors.ts";
import type { FloatTensor } from "../../src/core/tensor/tensor.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { floatsOf, type Graph } from "../../src/onnx/graph.ts";
import { openCli, type TestCli } from "../cli/support/cli.ts";
import { engineLogits } from "../cli/support/engine-logits.ts";
import { bundleOfPatches, randomLowRank } from "../cli/support/low-rank-bundle.ts";
import { prepareShared } from "../cli/support/prepare-shared.ts";
import { largestDifference } from "../onnx/support/run-decoder.ts";
import {
  haveSharedModels,
  type SharedModel,
  sharedGraph,
  sharedReference,
} from "../onnx/support/shared-models.ts";
import { unwrap } from "../onnx/support/unwrap.ts";

/** Largest difference of logits between PyTorch and the engine, whose values are some units large. */
const LOGIT_TOLERANCE = 1e-4;

const SCRIPT = resolve(import.meta.dirname, "peft-logits.py");
const SHARED = resolve(import.meta.dirname, "../../../shared/models");
const FILE = "model.onnx";

const havePeft = spawnSync("python3", ["-c", "import peft, transformers"]).status === 0;
if (!havePeft) console.info("Skipped: python3 has no PEFT and transformers to load an adapter with.");

const logitsSchema = z.object({
  base: z.array(z.number()),
  patched: z.array(z.number()),
  merged: z.array(z.number()),
});

const tensorOf = (graph: Graph, name: string): FloatTensor => {
  const initializer = graph.initializers.get(name)!;
  return { shape: initializer.shape, data: floatsOf(initializer) };
};

const transposed = ({ shape, data }: FloatTensor): FloatTensor => {
  const [rows, columns] = shape as [number, number];
  return {
    shape: [columns, rows],
    data: data.map((_, place) => data[(place % rows) * columns + Math.floor(place / rows)]!),
  };
};

/** The weights that kept transformers' names in the export. */
const namedWeights = (graph: Graph): [string, FloatTensor][] =>
  [...graph.initializers.keys()]
    .filter((name) => /^(model|transformer|lm_head)\..*(weight|bias)$/.test(name))
    .map((name) => [name, tensorOf(graph, name)]);

/**
 * The linear layers of a Llama export, which were stored [in, out] under new names, in the graph's order: of each block
 * attention's four before the FFN's, the unembedding last.
 */
const llamaWeights = (graph: Graph): [string, FloatTensor][] => {
  const { blocks } = unwrap(findDecoder(graph));
  const names = [...graph.initializers.keys()].filter(
    (name) => name.startsWith("val_") && graph.initializers.get(name)!.shape.length === 2,
  );
  const ofBlock = blocks.flatMap(({ feedForward: { up, gate, down } }, block) => {
    const first = names.indexOf(gate!.weight) < names.indexOf(up.weight) ? gate!.weight : up.weight;
    const before = names.slice(0, names.indexOf(first)).slice(-4);
    const own = { q: before[0]!, k: before[1]!, v: before[2]!, o: before[3]! };
    const attention = Object.entries(own).map(([part, name]) => [`self_attn.${part}_proj`, name] as const);
    const mlp = Object.entries({ up, gate: gate!, down }).map(
      ([part, { weight }]) => [`mlp.${part}_proj`, weight] as const,
    );
    return [...attention, ...mlp].map(
      ([module, name]) => [`model.layers.${block}.${module}.weight`, name] as const,
    );
  });
  const all = [...ofBlock, ["lm_head.weight", names.at(-1)!] as const];
  return all.map(([module, name]) => [module, transposed(tensorOf(graph, name))]);
};

const peftLogits = async (name: SharedModel, weights: string, adapter: string, ids: readonly number[]) => {
  const parts = [SCRIPT, join(SHARED, name), weights, adapter, JSON.stringify(ids)];
  const { stdout } = await promisify(execFile)("python3", parts, { maxBuffer: 2 ** 26 });
  return logitsSchema.parse(JSON.parse(stdout));
};

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

/** Loading PyTorch takes seconds on a quiet machine. */
const LIMIT_MS = 180_000;

describe.skipIf(!haveSharedModels || !havePeft)("an adapter that errata export wrote", () => {
  it.each([
    ["tiny-gpt2", () => []],
    ["tiny-qwen2", llamaWeights],
  ] as const)(
    "P1 loads in PEFT on %s, and answers as the engine does under the bundle",
    async (name, rest) => {
      const files = await prepareShared(cli.directory, name, FILE);
      const patches = [2, 1].map((rank, edit) => randomLowRank(files.model, `edit-${edit}`, edit, rank));
      await cli.writeBundle("fixes", await bundleOfPatches(files.model, patches));
      const exported = await cli.run("export", "fixes", "--peft", "--out", "adapter");
      expect([exported.exit, exported.err]).toEqual([0, expect.anything()]);
      const graph = sharedGraph(name, FILE);
      const weights = join(cli.directory, "base.safetensors");
      const tensors = Object.fromEntries([...namedWeights(graph), ...rest(graph)]);
      await writeFile(weights, writeSafetensors(tensors, { format: "pt" }));
      const { ids } = sharedReference(name).prompt;
      const { base, patched, merged } = await peftLogits(name, weights, join(cli.directory, "adapter"), ids);
      const [bare, under] = [await engineLogits(files, [], ids), await engineLogits(files, patches, ids)];
      expect(largestDifference(Float32Array.from(base), bare)).toBeLessThan(LOGIT_TOLERANCE);
      expect(largestDifference(bare, under)).toBeGreaterThan(0.01);
      expect(largestDifference(Float32Array.from(patched), under)).toBeLessThan(LOGIT_TOLERANCE);
      expect(largestDifference(Float32Array.from(merged), under)).toBeLessThan(LOGIT_TOLERANCE);
    },
    LIMIT_MS,
  );
});
