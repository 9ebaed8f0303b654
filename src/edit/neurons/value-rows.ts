import { ok, type Result } from "../../core/result.ts";
import { floatsOf, type Graph } from "../../onnx/graph.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";

/** What a model's units write, and what its tokens are embedded as. */
export interface ValueRows {
  /** The row [d] of a block's down-projection that one unit scales, a copy. */
  row(block: number, unit: number): Float32Array;
  /** A token's embedding [d], a view. */
  embedding(token: number): Float32Array;
}

/** Reads the rows out of a graph's weights, whichever way these are stored. Errors: those of `openDecoder`. */
export const readValueRows = (graph: Graph): Result<ValueRows> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { lowered, structure } = decoder.value;
  const { blocks, dims, embedding } = structure;
  const index = new GraphIndex(lowered);
  const weights = (name: string) => floatsOf(index.constant(name)!.value);
  const table = weights(embedding);
  const downs = blocks.map(({ feedForward: { down } }) => ({ ...down, data: weights(down.weight) }));
  const { width } = dims;
  return ok({
    row: (block, unit) => {
      const { orientation, data, in: units } = downs[block]!;
      return orientation === "in-out"
        ? data.slice(unit * width, (unit + 1) * width)
        : Float32Array.from({ length: width }, (_, i) => data[i * units + unit]!);
    },
    embedding: (token) => table.subarray(token * width, (token + 1) * width),
  });
};
