import { describe, expect, it } from "vitest";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor, integerTensor } from "../../../src/onnx/offline-session.ts";
import { unwrap } from "../support/unwrap.ts";

const X = floatTensor([3], Float32Array.of(1, 2, 3));

const builderOnX = (): GraphBuilder => {
  const builder = new GraphBuilder(GraphBuilder.empty("small"));
  builder.input("x", "float32", [3]);
  return builder;
};

describe("traceValues", () => {
  it("records types, shapes and the elements of small integer tensors", async () => {
    const b = builderOnX();
    b.input("ids", "int64", ["batch", "sequence"]);
    b.op("Shape", ["ids"], {}, "shape");
    b.op("Gather", ["x", "ids"], {}, "rows");
    b.op("Greater", ["rows", b.floats([2])], {}, "large");
    b.output("rows", "float32", ["batch", "sequence"]);
    const traced = unwrap(await traceValues(b.graph, { x: X, ids: integerTensor([2, 2], [0, 2, 1, 1]) }));
    expect(traced.get("ids")).toEqual({ type: "int64", shape: [2, 2], integers: [0, 2, 1, 1] });
    expect(traced.get("shape")).toEqual({ type: "int64", shape: [2], integers: [2, 2] });
    expect(traced.get("rows")).toEqual({ type: "float32", shape: [2, 2] });
    expect(traced.get("large")).toEqual({ type: "bool", shape: [2, 2] });
    expect(traced.get("t_c")).toEqual({ type: "float32", shape: [] });
  });

  it("passes on why the runtime refuses a graph", async () => {
    const b = builderOnX();
    b.op("NoSuchOperator", ["x"]);
    const traced = await traceValues(b.graph, { x: X });
    expect(traced.ok).toBe(false);
    if (!traced.ok) expect(traced.problem.message).toContain("NoSuchOperator");
  });
});
