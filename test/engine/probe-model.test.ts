import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/onnx/graph-builder.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import { PROBE_MODEL } from "../../wasm/probe-model.ts";

test("the inlined probe model is what the writer makes of y = Identity(x)", () => {
  const builder = new GraphBuilder(GraphBuilder.empty("g", 17));
  builder.input("x", "float32", [1]);
  builder.op("Identity", ["x"], {}, "y");
  builder.output("y", "float32", [1]);
  expect(PROBE_MODEL).toEqual(new Uint8Array(writeModel(builder.graph).graph));
});
