import { concatenate } from "../tensor/concatenate.ts";
import { joinColumns } from "./join-matrices.ts";
import { type NeuronsPatch, neuronsOf } from "./kinds/neurons.ts";

/** Neurons of several patches as one FFN takes them. */
export interface JoinedNeurons {
  /** [d, n] */ readonly K: Float32Array;
  /** [n] */ readonly b: Float32Array;
  /** [n, d] */ readonly V: Float32Array;
  /** n */ readonly size: number;
}

/** The neurons of at least one patch on one layer, side by side in the order given. */
export const joinNeurons = (patches: readonly NeuronsPatch[]): JoinedNeurons => {
  const counts = patches.map(neuronsOf);
  const tensors = patches.map((patch) => patch.tensors);
  return {
    K: joinColumns(
      tensors.map(({ K }) => K.data),
      tensors[0]!.K.shape[0]!,
      counts,
    ),
    b: concatenate(tensors.map(({ b }) => b.data)),
    V: concatenate(tensors.map(({ V }) => V.data)),
    size: counts.reduce((sum, count) => sum + count, 0),
  };
};
