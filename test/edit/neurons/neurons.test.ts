import { describe, expect, it } from "vitest";
import {
  addNeuronGradients,
  addOutputs,
  type Neurons,
  toNeurons,
  toNeuronsPatch,
  zeroNeurons,
} from "../../../src/edit/neurons/neurons.ts";
import { shifted, slopeAlong, waves } from "../support/neurons.ts";

const WIDTH = 5;
const ROWS = 7;

const neurons: Neurons = {
  count: 3,
  width: WIDTH,
  keys: waves(3 * WIDTH, 1),
  biases: waves(3, 2),
  values: waves(3 * WIDTH, 3),
};
const inputs = waves(ROWS * WIDTH, 4);

describe("neurons", () => {
  it("add relu(xK + b)V to each row", () => {
    const two: Neurons = {
      count: 2,
      width: 2,
      keys: Float32Array.of(1, 2, -1, 0),
      biases: Float32Array.of(-1, 0.5),
      values: Float32Array.of(10, 20, 1, 2),
    };
    const stream = Float32Array.of(100, 200, 300, 400);
    // Row (1, 1): 1·1 + 2·1 − 1 = 2 fires, −1 + 0.5 does not. Row (−1, 0): −1 − 1 does not, 1 + 0.5 = 1.5 does.
    addOutputs(two, Float32Array.of(1, 1, -1, 0), stream);
    expect(Array.from(stream)).toEqual([120, 240, 301.5, 403]);
  });

  it("have gradients that agree with central finite differences", () => {
    const slopes = waves(ROWS * WIDTH, 5);
    // Quadratic in the stream, so that its gradient depends on what the neurons add.
    const lossOf = (of: Neurons): number => {
      const stream = new Float32Array(ROWS * WIDTH);
      addOutputs(of, inputs, stream);
      return stream.reduce((sum, value, i) => sum + slopes[i]! * value + 0.5 * value * value, 0);
    };
    const stream = new Float32Array(ROWS * WIDTH);
    addOutputs(neurons, inputs, stream);
    const gradients = zeroNeurons(3, WIDTH);
    addNeuronGradients(
      neurons,
      inputs,
      stream.map((value, i) => value + slopes[i]!),
      gradients,
    );
    const step = 1e-3;
    for (const seed of [6, 7, 8]) {
      const numeric =
        (lossOf(shifted(neurons, seed, step)) - lossOf(shifted(neurons, seed, -step))) / (2 * step);
      expect(numeric).toBeCloseTo(slopeAlong(gradients, seed), 2);
    }
  });

  it("become a patch with K [d, n] and V [n, d], and come back", () => {
    const patch = toNeuronsPatch(neurons, { id: "p", edits: [0], layer: 3 });
    expect(patch.tensors.K.shape).toEqual([WIDTH, 3]);
    expect(patch.tensors.V.shape).toEqual([3, WIDTH]);
    // Element (axis 4, neuron 2) of K is axis 4 of neuron 2's key.
    expect(patch.tensors.K.data[4 * 3 + 2]).toBe(neurons.keys[2 * WIDTH + 4]);
    expect(toNeurons(patch.tensors)).toEqual(neurons);
  });
});
