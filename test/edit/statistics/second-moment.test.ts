import { describe, expect, it } from "vitest";
import { addRidge, multiply } from "../../../src/edit/linear-algebra/matrix.ts";
import { numericalRank, symmetricEigen } from "../../../src/edit/linear-algebra/symmetric-eigen.ts";
import { factorSecondMoment, type SecondMoment } from "../../../src/edit/statistics/second-moment.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { diagonal, difference, randomMatrix, secondMomentOf } from "../linear-algebra/support.ts";

const momentOf = (matrix: SecondMoment["matrix"], count: number): SecondMoment => ({
  layer: 1,
  positions: "last-prompt",
  matrix,
  count,
  rank: numericalRank(symmetricEigen(matrix).values, Number.EPSILON),
  corpus: `sha256:${"0".repeat(64)}`,
});

describe("factorSecondMoment", () => {
  it("takes the ridge relative to the mean of the diagonal", () => {
    const matrix = diagonal([1, 2, 3]);
    const b = randomMatrix(3, 1, 1);
    const x = unwrap(factorSecondMoment(momentOf(matrix, 9), 0.1)).solve(b);
    expect(difference(multiply(addRidge(matrix, 0.2), x), b)).toBeLessThan(1e-14);
  });

  it("needs as many states as directions, ridge or not", () => {
    const full = secondMomentOf(8, 20, 3);
    expect(factorSecondMoment(momentOf(full, 8), 0).ok).toBe(true);
    for (const ridge of [0, 0.1])
      expect(factorSecondMoment(momentOf(full, 7), ridge)).toMatchObject({
        ok: false,
        problem: { code: "too_few_samples", message: expect.stringMatching(/7 states.*8 directions/) },
      });
  });

  it("needs a ridge where states that were many span too little", () => {
    const flat = momentOf(secondMomentOf(8, 5, 4), 100);
    expect(factorSecondMoment(flat, 0)).toMatchObject({
      ok: false,
      problem: { code: "too_few_samples", message: expect.stringContaining("rank 5 and no ridge") },
    });
    expect(factorSecondMoment(flat, 1e-3).ok).toBe(true);
  });
});
