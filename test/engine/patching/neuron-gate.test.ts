import { beforeAll, describe, expect, test } from "vitest";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { joinNeurons } from "../../../src/core/patch/join-neurons.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import { Decoding, logitsAt } from "../../../src/engine/decoding/decoding.ts";
import { bindPatches } from "../../../src/engine/patching/bind-patches.ts";
import { neuronsFeeds } from "../../../src/engine/patching/kinds/neurons.ts";
import type { Runner } from "../../../src/engine/runner/runner.ts";
import { NO_HOOKS } from "../../../src/onnx/hooks/hook-selection.ts";
import { prepareModel } from "../../../src/onnx/prepare-model.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { TINY_MODEL, tinyEmbedding, tinyModel } from "../../fixtures/tiny-model.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";
import { must, openRunner } from "../support/engines.ts";
import { codebookPatch, neuronsPatch, setOf } from "../support/patches.ts";

const PROMPT = [70, 12, 201, 33, 5, 90];
const ANSWER = [41, 17, 230, 8];
const { width } = TINY_MODEL;
/** A repeated run sums the same products over fewer rows, so in another order. */
const TOLERANCE = 2e-4;

/** The tiny model with neurons on every block and a codebook on the one in the middle. */
const prepare = async (neuronActivation: "relu" | "model"): Promise<PreparedFiles> => {
  const { model, plain, weights, tokenizer } = await tinyModel();
  const graph = must(readModel(plain, () => weights));
  const own = new Set([model.io.logits, ...model.io.cache.flatMap((layer) => Object.values(layer))]);
  return must(
    await prepareModel({
      name: "gated",
      graph: { ...graph, outputs: graph.outputs.filter(({ name }) => own.has(name)) },
      tokenizerJson: tokenizer,
      context: TINY_MODEL.context,
      specialTokens: model.specialTokens,
      hooks: { ...NO_HOOKS, neurons: [0, 1, 2], neuronActivation, codebook: [1] },
    }),
  );
};

let runner: Runner;

beforeAll(async () => {
  runner = await openRunner(await prepare("relu"));
});

/** Two patches a block, of two neurons each, which fire at some positions: their values move the logits visibly. */
const patchesOf = (seed: number): readonly NeuronsPatch[] => {
  const normals = seededNormals(seed);
  return [0, 1, 2].flatMap((layer) =>
    ["a", "b"].map((name) =>
      neuronsPatch(
        `${layer}${name}`,
        layer,
        [normals(width), normals(width)],
        [-16, -12],
        [normals(width), normals(width)],
      ),
    ),
  );
};

/** Logits of every position of the prompt and of the answer fed behind it, and what fired. */
const decoded = async (patches: PatchSet, on = runner) => {
  const decoding = new Decoding(on, must(bindPatches(on.model, on.backend, on.dummies, patches)));
  const prompt = await decoding.prefill(PROMPT);
  const rows = PROMPT.map((_, position) => [...logitsAt(prompt, position)]);
  for (const token of ANSWER) rows.push([...(await decoding.step(token))]);
  return { rows, fired: decoding.effects.fired.map(({ id }) => id).sort() };
};

/** The same with all neurons in the graph from the start, in one run over everything. */
const inGraph = async (patches: readonly NeuronsPatch[], on = runner): Promise<number[][]> => {
  const ids = [...PROMPT, ...ANSWER];
  const feeds = { ...on.dummies, ...on.emptyCache, ...on.tokenFeeds(ids) };
  for (const hook of on.model.hooks) {
    const own = patches.filter(({ layer }) => layer === hook.layer);
    if (hook.kind === "neurons" && own.length > 0)
      Object.assign(feeds, neuronsFeeds(hook, joinNeurons(own), on.backend));
  }
  const { data, dims } = (await on.runPatched(feeds, [on.model.io.logits]))[on.model.io.logits]!;
  return ids.map((_, i) => [...(data as Float32Array).slice(i * dims[2]!, (i + 1) * dims[2]!)]);
};

const largest = (left: readonly number[][], right: readonly number[][]): number =>
  Math.max(...left.flatMap((row, i) => row.map((value, id) => Math.abs(value - right[i]![id]!))));

describe("neurons let into the graph as they fire", () => {
  test.each([1, 2, 3, 4, 5, 6])("answer as all of them in it would (seed %i)", async (seed) => {
    const patches = patchesOf(seed);
    const { rows, fired } = await decoded(setOf(runner.model, ...patches));
    expect(largest(rows, await inGraph(patches))).toBeLessThan(TOLERANCE);
    expect(largest(rows, (await decoded(EMPTY_PATCH_SET)).rows)).toBeGreaterThan(0.1);
    expect(fired.length).toBeGreaterThan(0);
    expect(fired.length).toBeLessThan(patches.length);
  });

  test("that one of a block sets off in the next are found", async () => {
    const zeros = new Float32Array(width);
    const normals = seededNormals(7);
    const trigger = neuronsPatch("trigger", 0, [zeros], [1], [normals(width).map((x) => 30 * x)]);
    const bare = await statesAt(2, EMPTY_PATCH_SET);
    const moved = await statesAt(2, setOf(runner.model, trigger));
    const key = Float32Array.from(moved, (x, axis) => x - bare[axis]!);
    const dot = (state: Float32Array) => state.reduce((sum, x, axis) => sum + x * key[axis]!, 0);
    const watcher = neuronsPatch("watcher", 2, [key], [-(dot(bare) + dot(moved)) / 2], [zeros]);
    expect((await decoded(setOf(runner.model, watcher))).fired).toEqual([]);
    expect((await decoded(setOf(runner.model, trigger, watcher))).fired).toEqual(["trigger", "watcher"]);
  });

  test("stand beside an entry that hits, whose chain goes on as it would", async () => {
    const values = [41, 17].map((token) => tinyEmbedding(token).map((x) => 3 * x));
    const entry = (replace: "last" | "prompt") => ({
      ...codebookPatch("entry", 1, {
        key: new Float32Array(width),
        radius: 1e9,
        values,
        targets: ANSWER.slice(0, 2),
      }),
      replace,
    });
    const patches = patchesOf(3);
    for (const replace of ["last", "prompt"] as const) {
      const silent = patches.map((patch) => ({
        ...patch,
        tensors: { ...patch.tensors, V: { ...patch.tensors.V, data: new Float32Array(2 * width) } },
      }));
      const alone = await decoded(setOf(runner.model, entry(replace)));
      const beside = await decoded(setOf(runner.model, entry(replace), ...silent));
      expect(beside.fired.length).toBeGreaterThan(1);
      expect(largest(beside.rows, alone.rows)).toBeLessThan(TOLERANCE);
    }
  });
});

/** The state at the FFN of block `layer` at the prompt's last token, as a plain run with `patches` in the graph has it. */
const statesAt = async (layer: number, patches: PatchSet): Promise<Float32Array> => {
  const hook = runner.model.hooks.find((hook) => hook.kind === "neurons" && hook.layer === layer)!;
  const feeds = { ...runner.dummies, ...runner.emptyCache, ...runner.tokenFeeds(PROMPT) };
  for (const { layer: own, patches: bound } of patches.neurons)
    for (const hook of runner.model.hooks)
      if (hook.kind === "neurons" && hook.layer === own)
        Object.assign(feeds, neuronsFeeds(hook, joinNeurons(bound), runner.backend));
  const outputs = await runner.runPatched(feeds, [hook.tensors.input]);
  return (outputs[hook.tensors.input]!.data as Float32Array).slice(-width);
};

test("neurons of an activation that is never silent run in the graph from the start", async () => {
  const smooth = await openRunner(await prepare("model"));
  const patches = patchesOf(8);
  const { rows } = await decoded(setOf(smooth.model, ...patches), smooth);
  expect(largest(rows, await inGraph(patches, smooth))).toBeLessThan(TOLERANCE);
});
