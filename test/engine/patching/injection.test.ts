import { beforeAll, describe, expect, test } from "vitest";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import { Decoding, logitsAt } from "../../../src/engine/decoding/decoding.ts";
import { bindPatches } from "../../../src/engine/patching/bind-patches.ts";
import type { Runner } from "../../../src/engine/runner/runner.ts";
import { modelFeeds } from "../../../src/onnx/model-feeds.ts";
import { floatTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { overrideTensor } from "../../../src/onnx/surgery/override-tensor.ts";
import { TINY_MODEL, tinyEmbedding, tinyModel } from "../../fixtures/tiny-model.ts";
import { must, openRunner } from "../support/engines.ts";
import { codebookPatch, neuronsPatch, setOf } from "../support/patches.ts";

const PROMPT = [70, 12, 201, 33, 5, 90];
const TARGETS = [41, 17, 230];
/** The block in the middle, whose output two further norms and a block read. */
const MIDDLE = 1;
const LAST = 2;
const { width, vocabulary } = TINY_MODEL;

/** A step runs the last token alone, a prefill in one product with the others: the same sums in another order. */
const TOLERANCE = 2e-4;

let files: PreparedFiles;
let runner: Runner;

beforeAll(async () => {
  files = await tinyModel();
  runner = await openRunner(files);
});

const scaled = (vector: Float32Array, factor: number): Float32Array => vector.map((x) => x * factor);
const VALUES = TARGETS.map((token) => scaled(tinyEmbedding(token), 3));

/** The tensor at which a codebook of `layer` compares and replaces. */
const streamAt = (layer: number): string =>
  files.model.hooks.find((hook) => hook.kind === "codebook" && hook.layer === layer)!.tensors.input;

const keyAt = async (layer: number): Promise<Float32Array> => {
  const query = streamAt(layer);
  const outputs = await runner.runPlain({ ...runner.emptyCache, ...runner.tokenFeeds(PROMPT) }, [query]);
  return (outputs[query]!.data as Float32Array).slice(-width);
};

/** An entry that hits on the prompt, at whatever distance what stands before it leaves. */
const hitting = async (id: string, layer: number) =>
  codebookPatch(id, layer, { key: await keyAt(layer), radius: 1e9, values: VALUES, targets: TARGETS });

/** The same patch, its entries replacing the whole prompt. */
const replacingPrompt = (patch: CodebookPatch): CodebookPatch => ({ ...patch, replace: "prompt" });

/** Logits of every position of the prompt and, token by token, of the target behind it. */
const decoded = async (patches: PatchSet) => {
  const bound = must(bindPatches(runner.model, runner.backend, runner.dummies, patches));
  const decoding = new Decoding(runner, bound);
  const prompt = await decoding.prefill(PROMPT);
  const rows = PROMPT.map((_, position) => [...logitsAt(prompt, position)]);
  for (const token of TARGETS.slice(0, -1)) rows.push([...(await decoding.step(token))]);
  return { rows, effects: decoding.effects };
};

/**
 * The same in one pass over prompt and target, the values put in at the block's output at the chain's positions, and
 * at all before them for the layers in `wide`: what a search within prefill would have had to give.
 */
const inOnePass = async (layers: readonly number[], wide: readonly number[] = []): Promise<number[][]> => {
  const ids = [...PROMPT, ...TARGETS.slice(0, -1)];
  const read = must(readModel(files.plain, () => files.weights));
  let graph = { ...read, outputs: read.outputs.filter(({ name }) => name === files.model.io.logits) };
  let feeds = modelFeeds(files.model, ids);
  for (const layer of layers) {
    const overridden = must(overrideTensor(graph, streamAt(layer), [1, ids.length, width]));
    graph = overridden.graph;
    const first = wide.includes(layer) ? 0 : PROMPT.length - 1;
    const values = ids.map((_, i) => VALUES[Math.max(0, i - PROMPT.length + 1)]!);
    feeds = {
      ...feeds,
      [overridden.mask]: floatTensor(
        [1, ids.length, 1],
        Float32Array.from(ids, (_, i) => Number(i >= first)),
      ),
      [overridden.value]: floatTensor(
        [1, ids.length, width],
        Float32Array.from(values.flatMap((value) => [...value])),
      ),
    };
  }
  const session = must(await openOfflineSession(graph));
  const logits = (await session.run(feeds))[files.model.io.logits]!.data as Float32Array;
  await session.release();
  return ids.map((_, i) => [...logits.subarray(i * vocabulary, (i + 1) * vocabulary)]);
};

const largest = (left: readonly number[][], right: readonly number[][]): number =>
  Math.max(...left.flatMap((row, i) => row.map((value, id) => Math.abs(value - right[i]![id]!))));

describe("a value put in after the search equals one put in by a search in prefill", () => {
  test.each([MIDDLE, LAST])("at block %i, along the whole chain", async (layer) => {
    const { rows } = await decoded(setOf(files.model, await hitting("entry", layer)));
    const expected = await inOnePass([layer]);
    expect(largest(rows, expected)).toBeLessThan(TOLERANCE);
    expect(largest(rows, (await decoded(EMPTY_PATCH_SET)).rows)).toBeGreaterThan(1);
  });

  test("at two blocks, the second of which compares what the first has changed", async () => {
    const patches = setOf(files.model, await hitting("middle", MIDDLE), await hitting("last", LAST));
    const { rows, effects } = await decoded(patches);
    expect(largest(rows, await inOnePass([MIDDLE, LAST]))).toBeLessThan(TOLERANCE);
    expect(effects.nearest[0]!.distance).toBe(0);
    expect(effects.nearest[1]!.distance).toBeGreaterThan(1);
  });

  test.each([
    [[MIDDLE], [MIDDLE]],
    [[MIDDLE, LAST], [MIDDLE]],
    [[MIDDLE, LAST], [LAST]],
    [
      [MIDDLE, LAST],
      [MIDDLE, LAST],
    ],
  ])("at blocks %j, replacing the whole prompt at %j", async (layers, wide) => {
    const patches = await Promise.all(
      layers.map(async (layer) => {
        const patch = await hitting(`at ${layer}`, layer);
        return wide.includes(layer) ? replacingPrompt(patch) : patch;
      }),
    );
    const { rows } = await decoded(setOf(files.model, ...patches));
    expect(largest(rows, await inOnePass(layers, wide))).toBeLessThan(TOLERANCE);
  });

  test("of a prompt of one token", async () => {
    const patch = codebookPatch("one", MIDDLE, {
      key: VALUES[0]!,
      radius: 1e9,
      values: VALUES,
      targets: TARGETS,
    });
    const logitsOf = async (patches: PatchSet) => {
      const bound = must(bindPatches(runner.model, runner.backend, runner.dummies, patches));
      return [[...(await new Decoding(runner, bound).prefill([7])).data]];
    };
    const last = await logitsOf(setOf(files.model, patch));
    expect(last).toEqual(await logitsOf(setOf(files.model, replacingPrompt(patch))));
    expect(last).not.toEqual(await logitsOf(EMPTY_PATCH_SET));
  });
});

describe("neurons beside a codebook that hits below them", () => {
  /** One neuron that fires where the state points along the entry's first value, as the bare state does not. */
  const watcher = (bias: number) =>
    neuronsPatch("watcher", LAST, [scaled(VALUES[0]!, 1)], [bias], [new Float32Array(width)]);

  test("are reported for what they saw in the end, not for the run before the hit", async () => {
    const entry = await hitting("entry", MIDDLE);
    const firedOf = async (...patches: Parameters<typeof setOf>[1][]) =>
      (await decoded(setOf(files.model, ...patches))).effects.fired.map(({ id }) => id);
    const bare = await peakOf();
    const hit = await peakOf(entry);
    expect(Math.abs(bare - hit)).toBeGreaterThan(0.1);
    const between = -(bare + hit) / 2;
    expect(await firedOf(watcher(between))).toEqual(bare > hit ? ["watcher"] : []);
    expect(await firedOf(entry, watcher(between))).toEqual(bare > hit ? ["entry"] : ["entry", "watcher"]);
  });

  /** The bias, negated, at which the watcher stops firing anywhere. */
  const peakOf = async (...patches: Parameters<typeof setOf>[1][]): Promise<number> => {
    let [low, high] = [-1000, 1000];
    for (let halving = 0; halving < 24; halving++) {
      const middle = (low + high) / 2;
      const { effects } = await decoded(setOf(files.model, ...patches, watcher(-middle)));
      if (effects.fired.some(({ id }) => id === "watcher")) low = middle;
      else high = middle;
    }
    return low;
  };
});
