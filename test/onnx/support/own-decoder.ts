import type { Graph } from "../../../src/onnx/graph.ts";
import { servingGraph } from "../../../src/train/decoder/decoder-graph.ts";
import { parameterCount, parametersOf } from "../../../src/train/decoder/parameters.ts";
import { seededNormals } from "./seeded.ts";

/** Widths of the default model; fewer blocks and words, so that a test is quick. */
export const OWN_DIMS = { width: 192, layers: 3, heads: 6, ffn: 768, vocabulary: 300, context: 32 };

/** The serving graph that this project trains, with random weights, biases and gains included. */
export const ownDecoder = (): Graph => {
  const parameters = parametersOf(OWN_DIMS);
  const normals = Float32Array.from(seededNormals(11)(parameterCount(parameters)));
  const weights = normals.map((value) => 0.08 * value);
  return servingGraph(OWN_DIMS, parameters, weights);
};
