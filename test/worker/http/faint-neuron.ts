import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Engine } from "../../../src/engine/engine.ts";

/** How far the state moves: within the radius of the transplant on the same block, so that both act on one prompt. */
const SHIFT = 0.005;

/** A neuron that fires at every position, as its key is zero and its bias is not, and moves the last block a little. */
export const faintNeuron = ({ model }: Engine): NeuronsPatch => {
  const { width } = model.dims;
  const layers = model.hooks.filter(({ kind }) => kind === "neurons").map(({ layer }) => layer);
  return {
    kind: "neurons",
    id: "faint",
    edits: [0],
    layer: Math.max(...layers),
    tensors: {
      K: { shape: [width, 1], data: new Float32Array(width) },
      b: { shape: [1], data: Float32Array.of(1) },
      V: {
        shape: [1, width],
        data: Float32Array.from(
          { length: width },
          (_, axis) => (axis % 2 === 0 ? SHIFT : -SHIFT) / Math.sqrt(width),
        ),
      },
    },
  };
};
