import { describe, expect, it } from "vitest";
import { LOWERINGS } from "../../../src/onnx/lower/lowerings.ts";
import { ATTENTION_CASES } from "./attention-cases.ts";
import { EMBEDDING_CASES } from "./embedding-cases.ts";
import { expectSame, graphOf } from "./lowering-case.ts";
import { ACTIVATION_CASES, NORMALIZATION_CASES } from "./pointwise-cases.ts";
import { QUANTIZATION_CASES } from "./quantization-cases.ts";

const CASES = [
  ...ATTENTION_CASES,
  ...EMBEDDING_CASES,
  ...NORMALIZATION_CASES,
  ...ACTIVATION_CASES,
  ...QUANTIZATION_CASES,
];

describe("an operator and what it lowers to", () => {
  it.each(CASES)("compute the same: $name", async (test) => {
    const { graph, feeds } = graphOf(test);
    await expectSame(graph, feeds, test.tolerance);
  });
});

it("every operator that is lowered has a case", () => {
  const nodes = CASES.flatMap((test) => graphOf(test).graph.nodes);
  const covered = new Set(nodes.map(({ op, domain }) => `${domain}:${op}`));
  expect(LOWERINGS.map(({ op, domain }) => `${domain}:${op}`).filter((name) => !covered.has(name))).toEqual(
    [],
  );
});
