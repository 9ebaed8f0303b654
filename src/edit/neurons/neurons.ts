import { isNeurons, type NeuronsPatch } from "../../core/patch/kinds/neurons.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { addRow, dotRows, transposeRows } from "../linear-algebra/float-rows.ts";

/** Extra ReLU neurons of an FFN as they are trained: one row each, so that a neuron's numbers lie together. */
export interface Neurons {
  readonly count: number;
  readonly width: number;
  /** [n, d] */
  readonly keys: Float32Array;
  /** [n] */
  readonly biases: Float32Array;
  /** [n, d] */
  readonly values: Float32Array;
}

/** `count` neurons of zeros, which add nothing. */
export const zeroNeurons = (count: number, width: number): Neurons => ({
  count,
  width,
  keys: new Float32Array(count * width),
  biases: new Float32Array(count),
  values: new Float32Array(count * width),
});

/** x·k + b of one neuron for row `row` of `inputs` [N, d]: what its activation takes. */
export const preActivation = (
  { keys, biases, width }: Neurons,
  neuron: number,
  inputs: Float32Array,
  row: number,
): number => dotRows(inputs, row * width, keys, neuron * width, width) + biases[neuron]!;

/** Adds relu(xK + b)V to `stream` [N, d] in place, x being the rows of `inputs` [N, d]. */
export const addOutputs = (neurons: Neurons, inputs: Float32Array, stream: Float32Array): void => {
  const { count, width, values } = neurons;
  for (let row = 0; row * width < inputs.length; row++)
    for (let neuron = 0; neuron < count; neuron++) {
      const raised = preActivation(neurons, neuron, inputs, row);
      if (raised > 0) addRow(stream, row * width, values, neuron * width, width, raised);
    }
};

/**
 * Adds to `gradients` what a loss's gradient by the stream [N, d] is by the neurons that added to it: with
 * s = x·k + b, ∂/∂v = relu(s) g and ∂/∂s = (g·v) where s > 0, which is ∂/∂b, and times x ∂/∂k.
 */
export const addNeuronGradients = (
  neurons: Neurons,
  inputs: Float32Array,
  streamGradient: Float32Array,
  gradients: Neurons,
): void => {
  const { count, width, values } = neurons;
  for (let start = 0; start < inputs.length; start += width)
    for (let neuron = 0; neuron < count; neuron++) {
      const raised = preActivation(neurons, neuron, inputs, start / width);
      if (raised <= 0) continue;
      const own = neuron * width;
      addRow(gradients.values, own, streamGradient, start, width, raised);
      const slope = dotRows(streamGradient, start, values, own, width);
      addRow(gradients.keys, own, inputs, start, width, slope);
      gradients.biases[neuron]! += slope;
    }
};

/** Neurons as a patch of `layer` that carries the edits of those indices. */
export const toNeuronsPatch = (
  { count, width, keys, biases, values }: Neurons,
  { id, edits, layer }: Pick<NeuronsPatch, "id" | "edits" | "layer">,
): NeuronsPatch => ({
  kind: "neurons",
  id,
  edits,
  layer,
  tensors: {
    K: { shape: [width, count], data: transposeRows(keys, count, width) },
    b: { shape: [count], data: biases },
    V: { shape: [count, width], data: values },
  },
});

/** Neurons of a patch's tensors, to compute with; biases and values lie on them. */
export const toNeurons = ({ K, b, V }: NeuronsPatch["tensors"]): Neurons => {
  const [width, count] = K.shape as readonly [number, number];
  return { count, width, keys: transposeRows(K.data, width, count), biases: b.data, values: V.data };
};

/** The neurons of `layer` that patches hold, in their order. */
export const neuronsAt = (patches: readonly Patch[], layer: number): readonly Neurons[] =>
  patches
    .filter(isNeurons)
    .filter((patch) => patch.layer === layer)
    .map(({ tensors }) => toNeurons(tensors));
