import { describe, expect, it } from "vitest";
import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { floatTensor, integerTensor } from "../../../src/onnx/offline-session.ts";
import { addTargetLoss } from "../../../src/onnx/surgery/target-loss.ts";
import { unwrap } from "../support/unwrap.ts";
import { run } from "./two-steps.ts";

describe("addTargetLoss", () => {
  const logits = () => {
    const b = new GraphBuilder(GraphBuilder.empty("logits"));
    b.input("z", "float32", ["batch", "T", 3]);
    return b.graph;
  };
  /** Probabilities ½, ¼, ¼ at the first position, ⅛, ⅛, ¾ at the second, and a third that is ignored. */
  const z = floatTensor([1, 3, 3], Float32Array.of(2, 1, 1, 1, 1, 6, 0, 5, 90).map(Math.log));

  it("is the weighted mean of −ln p over positions", async () => {
    const { graph, targets, weights, loss, negativeLogLikelihoods } = addTargetLoss(logits(), "z");
    const b = new GraphBuilder(graph);
    b.output(loss, "float32", []);
    b.output(negativeLogLikelihoods, "float32", ["batch", "T"]);
    const feeds = {
      z,
      [targets]: integerTensor([1, 3], [1, 2, 1]),
      [weights]: floatTensor([1, 3], Float32Array.of(1, 3, 0)),
    };
    const [value] = await run(graph, feeds, loss);
    expect(value).toBeCloseTo((Math.log(4) + 3 * Math.log(4 / 3)) / 4, 6);
    const each = await run(graph, feeds, negativeLogLikelihoods);
    expect(each[0]).toBeCloseTo(Math.log(4), 6);
    expect(each[2]).toBeCloseTo(Math.log(19), 6);
  });

  it("has the gradient w (softmax − target) / Σ w, and none where the weight is 0", async () => {
    const { graph, targets, weights, loss } = addTargetLoss(logits(), "z");
    const feeds = {
      z,
      [targets]: integerTensor([1, 3], [1, 2, 1]),
      [weights]: floatTensor([1, 3], Float32Array.of(1, 3, 0)),
    };
    const traced = unwrap(await traceValues(graph, feeds));
    const result = unwrap(addGradients(graph, traced, loss, ["z"]));
    const gradient = await run(result.graph, feeds, result.gradients.get("z")!);
    const expected = [0.125, -0.1875, 0.0625, 0.09375, 0.09375, -0.1875, 0, 0, 0];
    expected.forEach((value, i) => {
      expect(gradient[i]).toBeCloseTo(value, 6);
    });
  });
});
