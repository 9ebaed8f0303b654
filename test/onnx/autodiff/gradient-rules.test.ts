import { describe, expect, test } from "vitest";
import { GRADIENT_RULES } from "../../../src/onnx/autodiff/rules/gradient-rules.ts";
import { GraphBuilder } from "../../../src/onnx/graph-builder.ts";
import { gradientError } from "./finite-differences.ts";
import { OPERATOR_CASES } from "./operator-cases.ts";

/**
 * What central differences themselves lose: h²/6 of the third derivative and ε/h of rounding, which is 1e-10 with
 * h = 1e-5 in float64 and 2e-4 with h = 2e-2 in float32.
 */
const TOLERANCE = { float64: 1e-9, float32: 5e-4 } as const;

describe("the gradient of each operator equals central finite differences", () => {
  test.each(OPERATOR_CASES)("$name", async (operator) => {
    expect(await gradientError(operator)).toBeLessThan(TOLERANCE[operator.type ?? "float64"]);
  });
});

test("every operator with a rule has a case", () => {
  const covered = new Set(
    OPERATOR_CASES.flatMap((operator) => {
      const graph = GraphBuilder.empty("operator");
      operator.build(new GraphBuilder(graph), operator.type ?? "float64");
      return graph.nodes.map((node) => node.op);
    }),
  );
  expect([...GRADIENT_RULES.keys()].filter((op) => !covered.has(op))).toEqual([]);
});
