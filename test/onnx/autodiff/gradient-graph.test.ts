import { describe, expect, it } from "vitest";
import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor, type OfflineTensor, openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { unwrap } from "../support/unwrap.ts";

type Tensors = Readonly<Record<string, OfflineTensor>>;

const X = floatTensor([3], Float32Array.of(1, 2, 3));

/** A graph on one input x [3], with what `build` appends. */
const onX = (build: (builder: GraphBuilder) => void, opset = 20): Graph => {
  const graph = GraphBuilder.empty("small", opset);
  const builder = new GraphBuilder(graph);
  builder.input("x", "float32", [3]);
  build(builder);
  return graph;
};

const differentiate = async (
  graph: Graph,
  loss: string,
  names: readonly string[],
  feeds: Tensors = { x: X },
) => addGradients(graph, unwrap(await traceValues(graph, feeds)), loss, names);

const run = async (graph: Graph, feeds: Tensors = { x: X }) => {
  const session = unwrap(await openOfflineSession(graph));
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
};

const gradientsOf = async (graph: Graph, names: readonly string[]) => {
  const result = unwrap(await differentiate(graph, "loss", names));
  const outputs = await run(result.graph);
  return names.map((name) => Array.from(outputs[result.gradients.get(name)!]!.data as Float32Array));
};

const problemOf = async (graph: Graph, loss: string, names: readonly string[]) => {
  const result = await differentiate(graph, loss, names);
  if (result.ok) throw new Error("was not refused");
  return result.problem;
};

/** loss = Σ (x + x²), by way of the intermediate tensor square. */
const polynomial = onX((b) => {
  b.op("Mul", ["x", "x"], {}, "square");
  b.op("ReduceSum", [b.op("Add", ["x", "square"])], { keepdims: 0 }, "loss");
});

describe("addGradients", () => {
  it("adds up what a tensor receives from all its uses", async () => {
    expect(await gradientsOf(polynomial, ["x"])).toEqual([[3, 5, 7]]);
  });

  it("differentiates by an intermediate tensor and by what it comes from at once", async () => {
    expect(await gradientsOf(polynomial, ["square", "x"])).toEqual([
      [1, 1, 1],
      [3, 5, 7],
    ]);
  });

  it("lets two tensors share one gradient output", async () => {
    const chain = onX((b) => {
      b.op("Identity", ["x"], {}, "same");
      b.op("ReduceSum", ["same"], { keepdims: 0 }, "loss");
    });
    const { gradients, graph } = unwrap(await differentiate(chain, "loss", ["x", "same"]));
    expect(gradients.get("x")).toBe(gradients.get("same"));
    expect(graph.outputs).toHaveLength(2);
  });

  it("starts from a loss of shape [1] too", async () => {
    const kept = onX((b) => b.op("ReduceSum", [b.op("Mul", ["x", "x"])], { keepdims: 1 }, "loss"));
    expect(await gradientsOf(kept, ["x"])).toEqual([[2, 4, 6]]);
  });

  it("leaves the graph it is given as it was", async () => {
    const before = JSON.stringify(polynomial, (_, value) => (value instanceof Map ? [...value] : value));
    unwrap(await differentiate(polynomial, "loss", ["x"]));
    expect(JSON.stringify(polynomial, (_, value) => (value instanceof Map ? [...value] : value))).toBe(
      before,
    );
  });

  it("drops operations that lead to no output and keeps those asked for", async () => {
    const graph = onX((b) => {
      b.op("Exp", ["x"], {}, "unused");
      b.op("Tanh", ["x"], {}, "wanted");
      b.op("ReduceSum", ["x"], { keepdims: 0 }, "loss");
    });
    const traced = unwrap(await traceValues(graph, { x: X }));
    const result = unwrap(addGradients(graph, traced, "loss", ["x"], { keep: ["wanted"] }));
    const made = result.graph.nodes.flatMap((node) => node.outputs);
    expect(made).toContain("wanted");
    expect(made).not.toContain("unused");
    expect(result.graph.outputs.map((output) => output.name)).toContain("wanted");
  });

  it("does not go through integers, such as a position computed from a shape", async () => {
    const graph = onX((b) => {
      const length = b.op("Cast", [b.op("Shape", ["x"])], { to: 1 });
      b.op("ReduceSum", [b.op("Mul", ["x", length])], { keepdims: 0 }, "loss");
    });
    expect(await gradientsOf(graph, ["x"])).toEqual([[3, 3, 3]]);
  });

  it("raises an older opset to one that has the operators it emits", async () => {
    const graph = onX((b) => b.op("ReduceSum", [b.op("Mul", ["x", "x"])], { keepdims: 0 }, "loss"), 13);
    const result = unwrap(await differentiate(graph, "loss", ["x"]));
    expect(result.graph.opsets.get("")).toBe(16);
    expect(await gradientsOf(graph, ["x"])).toEqual([[2, 4, 6]]);
  });

  it("gives the same bits at every run", async () => {
    const graph = onX((b) => {
      const i = b.constant({ type: "int64", shape: [3000], bytes: new Uint8Array(24000) });
      const wide = b.op("Expand", ["x", b.ints([64, 3])]);
      const gathered = b.op("Gather", [b.op("Sin", [wide]), i]);
      b.op("ReduceSum", [b.op("Exp", [gathered])], { keepdims: 0 }, "loss");
    });
    const first = await gradientsOf(graph, ["x"]);
    for (let repeat = 0; repeat < 5; repeat++) expect(await gradientsOf(graph, ["x"])).toEqual(first);
  });
});

describe("addGradients refuses", () => {
  const sum = (build: (b: GraphBuilder) => string, opset?: number) =>
    onX((b) => b.op("ReduceSum", [build(b)], { keepdims: 0 }, "loss"), opset);

  it("an operator without a rule, and names it and its node", async () => {
    const refused = await problemOf(
      sum((b) => b.op("Softplus", ["x"])),
      "loss",
      ["x"],
    );
    expect(refused.code).toBe("unsupported_operator");
    expect(refused.detail).toEqual({ operator: "Softplus", node: "Softplus:t" });
    expect(refused.message).toContain("Softplus");
  });

  it("an operator of another domain that bears a known name", async () => {
    const graph = sum((b) => b.op("Gelu", ["x"]));
    graph.nodes[0]!.domain = "com.microsoft";
    graph.opsets.set("com.microsoft", 1);
    expect((await problemOf(graph, "loss", ["x"])).message).toContain("com.microsoft.Gelu");
  });

  it("a loss that depends on a normalisation's saved mean", async () => {
    const graph = sum((b) => b.node("LayerNormalization", ["x", b.floats([1, 1, 1], [3])], 2)[1]!);
    expect((await problemOf(graph, "loss", ["x"])).code).toBe("unsupported_operator");
  });

  it("a tensor that the loss does not depend on", async () => {
    const graph = onX((b) => {
      b.op("ReduceSum", ["x"], { keepdims: 0 }, "loss");
      b.op("Exp", ["x"], {}, "aside");
    });
    expect((await problemOf(graph, "loss", ["aside"])).message).toContain('"aside"');
  });

  it("a loss of several numbers", async () => {
    const graph = onX((b) => b.op("Exp", ["x"], {}, "loss"));
    expect((await problemOf(graph, "loss", ["x"])).message).toContain("[3]");
  });

  it("a name that is no tensor of the graph", async () => {
    expect((await problemOf(polynomial, "loss", ["nowhere"])).message).toContain('"nowhere"');
  });

  it("an opset from before the operators meant what they mean now", async () => {
    const graph = onX((b) => b.op("ReduceSum", ["x"], { keepdims: 0 }, "loss"), 12);
    expect((await problemOf(graph, "loss", ["x"])).message).toContain("opset 13");
  });
});
