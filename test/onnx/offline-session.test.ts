import { describe, expect, it } from "vitest";
import { floatInitializer } from "../../src/onnx/graph.ts";
import { GraphBuilder } from "../../src/onnx/graph-builder.ts";
import { floatTensor, openOfflineSession } from "../../src/onnx/offline-session.ts";
import { unwrap } from "./support/unwrap.ts";

/** y = x · w with a weight of 4 kB, which travels outside of the graph's bytes. */
const scaling = () => {
  const builder = new GraphBuilder(GraphBuilder.empty("scaling"));
  builder.input("x", "float32", [1024]);
  builder.constant(
    floatInitializer(
      [1024],
      Float32Array.from({ length: 1024 }, (_, i) => i),
    ),
    "w",
  );
  builder.op("Mul", ["x", "w"], {}, "y");
  builder.output("y", "float32", [1024]);
  return builder.graph;
};

const twos = floatTensor([1024], new Float32Array(1024).fill(2));

describe("an offline session", () => {
  it("runs a graph with its weights", async () => {
    const session = unwrap(await openOfflineSession(scaling()));
    const { y } = await session.run({ x: twos });
    expect(y!.shape).toEqual([1024]);
    expect(Array.from(y!.data as Float32Array).slice(0, 4)).toEqual([0, 2, 4, 6]);
    expect((y!.data as Float32Array)[1023]).toBe(2046);
    await session.release();
  });

  it("writes into the tensors it is given for its outputs", async () => {
    const session = unwrap(await openOfflineSession(scaling()));
    const whole = new Float32Array(3000);
    await session.run({ x: twos }, { y: floatTensor([1024], whole.subarray(1000, 2024)) });
    expect([whole[999], whole[1001], whole[2023], whole[2024]]).toEqual([0, 2, 2046, 0]);
    await session.release();
  });

  it("ignores feeds that the graph has no input for, and misses those it has", async () => {
    const session = unwrap(await openOfflineSession(scaling()));
    const { y } = await session.run({ x: twos, aside: twos });
    expect((y!.data as Float32Array)[1]).toBe(2);
    await expect(session.run({ aside: twos })).rejects.toThrow("'x' is missing");
    await session.release();
  });

  it("reads from a part of a larger array", async () => {
    const session = unwrap(await openOfflineSession(scaling()));
    const whole = Float32Array.from({ length: 2000 }, (_, i) => (i < 500 ? 100 : 3));
    const { y } = await session.run({ x: floatTensor([1024], whole.subarray(600, 1624)) });
    expect((y!.data as Float32Array)[1]).toBe(3);
    await session.release();
  });

  it("exposes an inner tensor and tells its type", async () => {
    const graph = scaling();
    new GraphBuilder(graph).op("Greater", ["y", "x"], {}, "larger");
    const session = unwrap(await openOfflineSession(graph, { exposed: ["larger"] }));
    expect(session.outputTypes.get("larger")).toBe("bool");
    const { larger } = await session.run({ x: twos }, ["larger"]);
    expect(Array.from(larger!.data as Uint8Array).slice(0, 3)).toEqual([0, 0, 1]);
    await session.release();
  });

  it("loads the runtime with telemetry off", async () => {
    await openOfflineSession(scaling());
    expect(process.env.ORT_DISABLE_TELEMETRY).toBe("1");
  });

  it("says why a graph cannot be loaded", async () => {
    const graph = scaling();
    graph.nodes[0]!.inputs = ["x", "missing"];
    const opened = await openOfflineSession(graph);
    expect(opened.ok).toBe(false);
    if (!opened.ok) {
      expect(opened.problem.code).toBe("unsupported_graph");
      expect(opened.problem.message).toContain("missing");
    }
  });
});
