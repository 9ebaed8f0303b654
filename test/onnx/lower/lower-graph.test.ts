import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/onnx/graph.ts";
import { float, GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { lowerGraph } from "../../../src/onnx/lower/lower-graph.ts";
import { raiseOpset } from "../../../src/onnx/lower/raise-opset.ts";
import { type OfflineTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { tinyDecoder } from "../support/tiny-decoder.ts";
import { unwrap } from "../support/unwrap.ts";
import { appendNode } from "./lowering-case.ts";

/** Two residual sums with norms, one behind the other, in half precision. */
const halfNorms = () => {
  const graph = GraphBuilder.empty("halves", 17);
  graph.opsets.set("com.microsoft", 1);
  const b = new GraphBuilder(graph);
  b.input("x", "float16", [1, "length", 4]);
  graph.initializers.set("gain", {
    type: "float16",
    shape: [4],
    bytes: new Uint8Array(Float16Array.of(1, 0.5, -2, 0.25).buffer),
  });
  for (const [input, output] of [
    ["x", "a"],
    ["a", "b"],
  ] as const)
    appendNode(b, { op: "SkipSimplifiedLayerNormalization" }, [input, "x", "gain"], [output], {
      epsilon: float(1e-5),
    });
  b.op("Cast", ["b"], { to: 1 }, "y");
  b.output("y", "float32", [1, "length", 4]);
  return graph;
};

describe("a lowered graph", () => {
  it("keeps the names between nodes, and gives what was inside the same names each time", () => {
    const graph = halfNorms();
    const names = () => unwrap(lowerGraph(graph)).nodes.flatMap(({ outputs }) => outputs);
    expect(names()).toEqual(names());
    expect(names()).toEqual(expect.arrayContaining(["a", "b", "y", "a.lowered.sum", "b.lowered.sum"]));
  });

  it("computes in single precision what the half-precision graph does, to 2 in 100", async () => {
    const graph = halfNorms();
    const lowered = unwrap(lowerGraph(graph));
    expect(lowered.inputs.map(({ type }) => type)).toEqual(["float32"]);
    const x = Float32Array.of(0.5, -1, 2, 0.75, 1, 1.5, -0.5, 3);
    const halves = await run(graph, {
      type: "float16",
      shape: [1, 2, 4],
      data: new Uint16Array(new Float16Array(x).buffer),
    });
    const singles = await run(lowered, { type: "float32", shape: [1, 2, 4], data: x });
    for (const [at, value] of halves.entries())
      expect(Math.abs(singles[at]! - value)).toBeLessThanOrEqual(0.02 * Math.abs(value));
  });

  it("is the graph itself, where nothing is fused", () => {
    const graph = tinyDecoder();
    expect(unwrap(lowerGraph(graph))).toEqual(graph);
  });
});

const run = async (graph: Graph, x: OfflineTensor): Promise<number[]> => {
  const session = unwrap(await openOfflineSession(graph));
  const { y } = await session.run({ x });
  await session.release();
  return Array.from(y!.data as Float32Array);
};

describe("raiseOpset", () => {
  it("turns attributes into inputs, and keeps what is computed", async () => {
    const graph = GraphBuilder.empty("old", 11);
    const b = new GraphBuilder(graph);
    b.input("x", "float32", [2, 4]);
    const [left, right] = b.node("Split", ["x"], 2, { axis: 1, split: [1, 3] });
    const wide = b.op("Unsqueeze", [b.op("Softmax", [right!], { axis: 1 })], { axes: [0] });
    const sum = b.op("ReduceSum", [b.op("Squeeze", [wide], { axes: [0] })], { axes: [1], keepdims: 1 });
    b.op("Add", [left!, sum], {}, "y");
    b.output("y", "float32", [2, 1]);
    const raised = unwrap(raiseOpset(graph));
    expect(raised.opsets.get("")).toBe(17);
    const x = { type: "float32", shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 9) } as const;
    expect(await run(raised, x)).toEqual(await run(graph, x));
  });

  it("refuses a softmax over several axes, and what is older than opset 11", () => {
    const graph = GraphBuilder.empty("old", 11);
    const b = new GraphBuilder(graph);
    b.input("x", "float32", [2, 3, 4]);
    b.op("Softmax", ["x"], {}, "y");
    expect(raiseOpset(graph)).toMatchObject({
      ok: false,
      problem: { code: "unsupported_graph", message: expect.stringContaining('Softmax at node "Softmax:y"') },
    });
    expect(raiseOpset(GraphBuilder.empty("older", 9))).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining("imports opset 9") },
    });
  });
});
