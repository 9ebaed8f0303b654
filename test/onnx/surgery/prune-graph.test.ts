import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { pruneGraph } from "../../../src/onnx/surgery/prune-graph.ts";
import { twoSteps } from "./two-steps.ts";

describe("pruneGraph", () => {
  it("removes what no output needs and keeps the inputs", () => {
    const graph = twoSteps();
    const b = new GraphBuilder(graph);
    b.op("Mul", [b.op("Exp", ["h"]), b.floats([7])], {}, "aside");
    pruneGraph(graph);
    expect(graph.nodes.map((node) => node.op)).toEqual(["Mul", "Add"]);
    expect(graph.initializers.size).toBe(2);
    expect(graph.inputs.map((input) => input.name)).toEqual(["x"]);
  });
});
