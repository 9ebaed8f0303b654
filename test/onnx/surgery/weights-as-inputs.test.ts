import { describe, expect, it } from "vitest";
import { floatTensor } from "../../../src/onnx/offline-session.ts";
import { weightsAsInputs } from "../../../src/onnx/surgery/weights-as-inputs.ts";
import { unwrap } from "../support/unwrap.ts";
import { run, twoSteps, X } from "./two-steps.ts";

describe("weightsAsInputs", () => {
  it("feeds what was an initializer", async () => {
    const graph = unwrap(weightsAsInputs(twoSteps(), ["w"]));
    expect(graph.inputs.at(-1)).toEqual({ name: "w", type: "float32", shape: [2] });
    const w = floatTensor([2], Float32Array.of(0, 1));
    expect(await run(graph, { x: X, w })).toEqual([1, 3, 1, 5, 1, 7]);
  });

  it("refuses a name that is no initializer", () => {
    const refused = weightsAsInputs(twoSteps(), ["h"]);
    expect(refused.ok).toBe(false);
    if (!refused.ok) expect(refused.problem.message).toContain('"h"');
  });
});
