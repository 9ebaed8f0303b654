import { describe, expect, it } from "vitest";
import { floatInitializer } from "../../../src/onnx/graph.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor, integerTensor } from "../../../src/onnx/offline-session.ts";
import type { LogitStep } from "../../../src/onnx/structure/decoder-structure.ts";
import { unembedPlaces } from "../../../src/onnx/surgery/unembed-places.ts";
import { run } from "./two-steps.ts";

/** W [2, 3] as the two orientations store it. */
const STORED = {
  "in-out": { shape: [2, 3], values: [1, 2, 3, 10, 20, 30] },
  "out-in": { shape: [3, 2], values: [1, 10, 2, 20, 3, 30] },
} as const;

const unembedded = (orientation: keyof typeof STORED, logitSteps: readonly LogitStep[] = []) => {
  const b = new GraphBuilder(GraphBuilder.empty("unembedding"));
  const input = b.input("x", "float32", ["batch", "T", 2]);
  const { shape, values } = STORED[orientation];
  const weight = b.constant(floatInitializer(shape, Float32Array.from(values)));
  const bias = b.floats([0.5, 0, 0], [3]);
  b.output(b.op("Identity", [input]), "float32", ["batch", "T", 2]);
  const layer = { weight, orientation, in: 2, out: 3, bias, input, product: "", output: "" };
  return { original: b.graph, ...unembedPlaces(b.graph, { unembedding: layer, logitSteps }) };
};

describe.each(["in-out", "out-in"] as const)("unembedPlaces of a weight stored as %s", (orientation) => {
  it("gives the logits of the positions asked for, counted over all rows, and nothing else", async () => {
    const { graph, places, logits } = unembedded(orientation);
    const x = floatTensor([2, 2, 2], Float32Array.of(1, 0, 0, 1, 1, 1, 2, 0));
    const found = await run(graph, { x, [places]: integerTensor([3], [3, 1, 1]) }, logits);
    expect([...found]).toEqual([2.5, 4, 6, 10.5, 20, 30, 10.5, 20, 30]);
    expect(graph.outputs.map(({ name }) => name)).toEqual([logits]);
  });

  it("takes the logits' further steps with it", async () => {
    const steps: readonly LogitStep[] = [
      { op: "Div", by: 100 },
      { op: "Tanh", by: null },
      { op: "Mul", by: 100 },
    ];
    const { graph, places, logits } = unembedded(orientation, steps);
    const x = floatTensor([1, 1, 2], Float32Array.of(1, 1));
    const found = await run(graph, { x, [places]: integerTensor([1], [0]) }, logits);
    for (const [i, logit] of [11.5, 22, 33].entries())
      expect(found[i]).toBeCloseTo(100 * Math.tanh(logit / 100), 4);
  });

  it("leaves the graph that it was given as it is", () => {
    const { original } = unembedded(orientation);
    expect(original.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(original.nodes.map(({ op }) => op)).toEqual(["Identity"]);
  });
});
