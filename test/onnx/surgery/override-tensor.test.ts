import { describe, expect, it } from "vitest";
import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor } from "../../../src/onnx/offline-session.ts";
import { overrideTensor } from "../../../src/onnx/surgery/override-tensor.ts";
import { addToTensor } from "../support/add-to-tensor.ts";
import { unwrap } from "../support/unwrap.ts";
import { run, type Tensors, twoSteps, X } from "./two-steps.ts";

const gradientOf = async (graph: Graph, feeds: Tensors, input: string): Promise<number[]> => {
  const b = new GraphBuilder(graph);
  const loss = b.op("ReduceSum", [b.op("Mul", ["y", "y"])], { keepdims: 0 });
  const traced = unwrap(await traceValues(graph, feeds));
  const { graph: differentiated, gradients } = unwrap(addGradients(graph, traced, loss, [input]));
  return run(differentiated, feeds, gradients.get(input)!);
};

describe("overrideTensor", () => {
  const shape = [1, "T", 2];
  const feeds = (mask: readonly number[]) => ({
    x: X,
    "h.override_mask": floatTensor([1, 3, 1], Float32Array.from(mask)),
    "h.override_value": floatTensor([1, 3, 2], Float32Array.of(-1, -2, -3, -4, -5, -6)),
  });

  it("replaces the masked positions and leaves the others", async () => {
    const { graph, mask, value } = unwrap(overrideTensor(twoSteps(), "h", shape));
    expect([mask, value]).toEqual(["h.override_mask", "h.override_value"]);
    expect(await run(graph, feeds([0, 1, 0]))).toEqual([11, 201, -2, -3, 51, 601]);
  });

  it("changes nothing under an empty mask", async () => {
    const { graph } = unwrap(overrideTensor(twoSteps(), "h", shape));
    expect(await run(graph, feeds([0, 0, 0]))).toEqual([11, 201, 31, 401, 51, 601]);
  });

  it("passes the gradient to the value where it is masked and nowhere else", async () => {
    const { graph, value } = unwrap(overrideTensor(twoSteps(), "h", shape));
    expect(await gradientOf(graph, feeds([0, 1, 1]), value)).toEqual([0, 0, -4, -6, -8, -10]);
  });

  it("refuses a tensor that is not there", () => {
    const refused = overrideTensor(twoSteps(), "nowhere", shape);
    expect(refused.ok).toBe(false);
    if (!refused.ok) expect(refused.problem.code).toBe("unsupported_graph");
  });

  it("can be applied twice to one tensor", async () => {
    const once = unwrap(overrideTensor(twoSteps(), "h", shape));
    const twice = unwrap(overrideTensor(once.graph, "h", shape));
    expect(new Set(twice.graph.inputs.map((input) => input.name)).size).toBe(5);
  });
});

describe("interceptTensor", () => {
  it("lets an input be added for all readers of the tensor", async () => {
    const { graph, delta } = unwrap(addToTensor(twoSteps(), "h", [1, "T", 2]));
    const feeds = { x: X, [delta]: floatTensor([1, 3, 2], Float32Array.of(0, 0, 0, 0, 0.5, -600)) };
    expect(await run(graph, feeds)).toEqual([11, 201, 31, 401, 51.5, 1]);
    expect(await gradientOf(graph, feeds, delta)).toEqual([22, 402, 62, 802, 103, 2]);
  });

  it("works on a graph input too", async () => {
    const { graph, delta } = unwrap(addToTensor(twoSteps(), "x", [1, 1, 2]));
    const feeds = { x: X, [delta]: floatTensor([1, 1, 2], Float32Array.of(1, 0)) };
    expect(await run(graph, feeds)).toEqual([21, 201, 41, 401, 61, 601]);
  });
});
