import { WEIGHTS_FILE } from "../../../src/core/model/prepared-model.ts";
import { type ElementType, floatInitializer } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { type WrittenModel, writeModel } from "../../../src/onnx/write-model.ts";

/** Elements of a constant large enough that it is put into the weights. */
export const LARGE = 512;

/** `y = op(x)`, both [n] and of one type. */
export const unaryGraph = (op: string, type: ElementType): WrittenModel => {
  const builder = new GraphBuilder(GraphBuilder.empty(op));
  builder.op(op, [builder.input("x", type, ["n"])], {}, "y");
  builder.output("y", type, ["n"]);
  return writeModel(builder.graph);
};

/** `y = x + 3`, the threes a constant [LARGE] in the weights, which lie in the file `location`. */
export const weightedGraph = (location = WEIGHTS_FILE): WrittenModel => {
  const builder = new GraphBuilder(GraphBuilder.empty("weighted"));
  const threes = builder.constant(floatInitializer([LARGE], new Float32Array(LARGE).fill(3)), "threes");
  builder.op("Add", [builder.input("x", "float32", [LARGE]), threes], {}, "y");
  builder.output("y", "float32", [LARGE]);
  return writeModel(builder.graph, location);
};
