import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { cutGraphAt } from "../../../src/onnx/surgery/cut-graph.ts";
import { graphUpTo } from "../../../src/onnx/surgery/graph-up-to.ts";
import { run, twoSteps, X } from "./two-steps.ts";

const H = { name: "h", type: "float32" as const, shape: [1, "T", 2] };

describe("graphUpTo", () => {
  it("computes the tensors asked for and nothing after them, without inputs that served others", async () => {
    const graph = twoSteps();
    const b = new GraphBuilder(graph);
    b.input("z", "float32", [1]);
    b.output(b.op("Mul", ["y", "z"], {}, "scaled"), "float32", [1, "T", 2]);
    const upTo = graphUpTo(graph, [H]);
    expect(upTo.nodes.map(({ op }) => op)).toEqual(["Mul"]);
    expect(upTo.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(await run(upTo, { x: X }, "h")).toEqual([10, 200, 30, 400, 50, 600]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["y", "scaled"]);
  });
});

describe("cutGraphAt", () => {
  it("starts from a tensor that is fed, with the outputs asked for", async () => {
    const graph = twoSteps();
    new GraphBuilder(graph).output("h", "float32", [1, "T", 2]);
    const rest = cutGraphAt(graph, H, ["y"]);
    expect(rest.inputs.map(({ name }) => name)).toEqual(["h"]);
    expect(rest.outputs.map(({ name }) => name)).toEqual(["y"]);
    expect(await run(rest, { h: X })).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it("takes the shape of the tokens off the stream that is fed, so that any number of rows may be", async () => {
    const graph = twoSteps();
    graph.inputs.push({ name: "ids", type: "int64", shape: [1, "T"] });
    const b = new GraphBuilder(graph);
    const length = b.op("Slice", [b.op("Shape", ["ids"]), b.ints([1]), b.ints([2])]);
    const rows = b.op("Concat", [length, b.ints([2])], { axis: 0 });
    b.output(b.op("Reshape", ["y", rows], {}, "flat"), "float32", ["T", 2]);
    const rest = cutGraphAt(graph, H, ["flat"], { tokens: "ids", streams: [] });
    expect(rest.inputs.map(({ name }) => name)).toEqual(["h"]);
    expect(await run(rest, { h: X }, "flat")).toEqual([2, 3, 4, 5, 6, 7]);
    expect(cutGraphAt(graph, H, ["flat"]).inputs.map(({ name }) => name)).toEqual(["ids", "h"]);
  });

  it("takes the shape of an earlier stream off it too", async () => {
    const graph = twoSteps();
    const b = new GraphBuilder(graph);
    b.output(b.op("Reshape", ["y", b.op("Shape", ["x"], { start: 1 })], {}, "flat"), "float32", ["T", 2]);
    const rest = cutGraphAt(graph, H, ["flat"], { tokens: "ids", streams: ["x"] });
    expect(rest.inputs.map(({ name }) => name)).toEqual(["h"]);
    expect(await run(rest, { h: X }, "flat")).toEqual([2, 3, 4, 5, 6, 7]);
  });
});
