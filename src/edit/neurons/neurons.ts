import type { NeuronsPatch, Patch } from "../../core/patch/patch.ts";

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

/** The dot product of a row of `left` and a row of `right`, of `width` elements each. */
export const dotRows = (
  left: Float32Array,
  leftStart: number,
  right: Float32Array,
  rightStart: number,
  width: number,
): number => {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += left[leftStart + i]! * right[rightStart + i]!;
  return sum;
};

/** Adds `scale` times a row of `source` to a row of `target`. */
export const addRow = (
  target: Float32Array,
  targetStart: number,
  source: Float32Array,
  sourceStart: number,
  width: number,
  scale: number,
): void => {
  for (let i = 0; i < width; i++) target[targetStart + i]! += scale * source[sourceStart + i]!;
};

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

const transpose = (matrix: Float32Array, rows: number, columns: number): Float32Array => {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = matrix[row * columns + column]!;
  return turned;
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
    K: { shape: [width, count], data: transpose(keys, count, width) },
    b: { shape: [count], data: biases },
    V: { shape: [count, width], data: values },
  },
});

/** Neurons of a patch's tensors, to compute with; biases and values lie on them. */
export const toNeurons = ({ K, b, V }: NeuronsPatch["tensors"]): Neurons => {
  const [width, count] = K.shape as readonly [number, number];
  return { count, width, keys: transpose(K.data, width, count), biases: b.data, values: V.data };
};

/** The neurons of `layer` that patches hold, in their order. */
export const neuronsAt = (patches: readonly Patch[], layer: number): readonly Neurons[] =>
  patches
    .filter((patch) => patch.kind === "neurons")
    .filter((patch) => patch.layer === layer)
    .map(({ tensors }) => toNeurons(tensors));
