import { expect, it } from "vitest";
import { joinNeurons } from "../../../src/core/patch/join-neurons.ts";
import { sampleNeurons } from "../support/sample-patches.ts";

it("sets the neurons of several patches side by side", () => {
  expect(joinNeurons([sampleNeurons("one", 1, 1), sampleNeurons("two", 2, 2)])).toEqual({
    K: Float32Array.of(1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 2, 2),
    b: Float32Array.of(1, 2, 2),
    V: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2),
    size: 3,
  });
});
