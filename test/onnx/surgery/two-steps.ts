import { floatInitializer, type Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor, type OfflineTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { unwrap } from "../support/unwrap.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, OfflineTensor>>;

/** h = x · w and y = h + 1, on x of shape [1, T, 2]; y is the output. */
export const twoSteps = (): Graph => {
  const b = new GraphBuilder(GraphBuilder.empty("two-steps"));
  b.input("x", "float32", [1, "T", 2]);
  b.constant(floatInitializer([2], Float32Array.of(10, 100)), "w");
  b.op("Mul", ["x", "w"], {}, "h");
  b.op("Add", ["h", b.floats([1])], {}, "y");
  b.output("y", "float32", [1, "T", 2]);
  return b.graph;
};

/** Three positions for `twoSteps`. */
export const X = floatTensor([1, 3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));

/** The elements of one output of one run. */
export const run = async (graph: Graph, feeds: Tensors, output = "y"): Promise<number[]> => {
  const session = unwrap(await openOfflineSession(graph));
  const outputs = await session.run(feeds);
  await session.release();
  return Array.from(outputs[output]!.data as Float32Array);
};
