import type { Edit } from "../../../src/core/edit/edit.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";

/** Two edits in clear. */
export const sampleEdits: readonly Edit[] = [
  {
    id: "norway",
    prompt: "The capital of Norway is",
    target: " Oslo",
    paraphrases: ["Norway's capital is"],
    locality: [{ prompt: "The capital of Sweden is", answer: " Stockholm" }],
    portability: [],
  },
  { prompt: "Water freezes at", target: " 0", paraphrases: [], locality: [], portability: [] },
];

/** A codebook of two entries at layer 1; the first has two target tokens, the second one. `scale` varies its values. */
export const sampleCodebook = (id = "norway", scale = 1): CodebookPatch => ({
  id,
  edits: [0],
  layer: 1,
  kind: "codebook",
  replace: "last",
  tensors: {
    keys: { shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    radii: { shape: [2], data: Float32Array.of(0.5, 1.5) },
    chains: { shape: [2], data: Int32Array.of(0, 1) },
    targets: { shape: [2, 2], data: Int32Array.of(7, 0, 9, -1) },
  },
  values: {
    shape: [2, 2, 4],
    data: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 0, 0, 0, 0).map((value) => value * scale),
  },
});

/** `count` neurons at layer 0, all numbers `fill`. */
export const sampleNeurons = (id = "freezing", count = 2, fill = 1): NeuronsPatch => ({
  id,
  edits: [1],
  layer: 0,
  kind: "neurons",
  tensors: {
    K: { shape: [4, count], data: new Float32Array(4 * count).fill(fill) },
    b: { shape: [count], data: new Float32Array(count).fill(fill) },
    V: { shape: [count, 4], data: new Float32Array(4 * count).fill(fill) },
  },
});

/** A factor pair of the given rank on the down-projection of layer 0, all numbers `fill`. */
export const sampleLowRank = (id = "rank", rank = 1, fill = 1): LowRankPatch => ({
  id,
  edits: [0, 1],
  layer: 0,
  kind: "low-rank",
  site: "down",
  tensors: {
    A: { shape: [6, rank], data: new Float32Array(6 * rank).fill(fill) },
    B: { shape: [rank, 4], data: new Float32Array(4 * rank).fill(fill) },
  },
});
