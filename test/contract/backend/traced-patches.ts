import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import type { FloatTensor } from "../../../src/core/tensor/tensor.ts";

/** Values without a pattern that are the same everywhere: single precision of a slow sine. */
const wave = (shape: readonly number[], scale: number, phase: number): FloatTensor => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((product, size) => product * size, 1) },
    (_, i) => scale * Math.sin(phase + 0.7 * i),
  ),
});

/** Patches of the tiny fixture that act at every position, strongly enough to change what it answers. */
export const tracedPatches = ({ dims: { width, ffn } }: PreparedModel): readonly Patch[] => [
  {
    kind: "low-rank",
    id: "rank-two",
    edits: [0],
    layer: 1,
    site: "down",
    tensors: { A: wave([ffn, 2], 0.3, 1), B: wave([2, width], 0.3, 2) },
  },
  {
    kind: "neurons",
    id: "two-neurons",
    edits: [0],
    layer: 2,
    tensors: { K: wave([width, 2], 0.5, 3), b: wave([2], 0.1, 4), V: wave([2, width], 0.5, 5) },
  },
];

/** The same as the graph's inputs, by the names that `prepareModel` gives them. */
export const tracedFeeds = (model: PreparedModel): Readonly<Record<string, FloatTensor>> => {
  const [lowRank, neurons] = tracedPatches(model) as readonly [LowRankPatch, NeuronsPatch];
  return {
    "patch.1.down.A": lowRank.tensors.A,
    "patch.1.down.B": lowRank.tensors.B,
    "patch.2.neurons.K": neurons.tensors.K,
    "patch.2.neurons.b": neurons.tensors.b,
    "patch.2.neurons.V": neurons.tensors.V,
  };
};
