import { describe, expect, it } from "vitest";
import { addRidge, matrixOf, multiply } from "../../../src/edit/linear-algebra/matrix.ts";
import {
  factorSymmetricPositive,
  solveSymmetricPositive,
} from "../../../src/edit/linear-algebra/symmetric-positive.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { diagonal, difference, identity, randomMatrix, secondMomentOf } from "./support.ts";

/** Hilbert's matrix, the classic ill-conditioned one: 1 / (i + j + 1). */
const hilbert = (n: number) =>
  matrixOf(
    n,
    n,
    Array.from({ length: n * n }, (_, k) => 1 / (Math.floor(k / n) + (k % n) + 1)),
  );

describe("solveSymmetricPositive", () => {
  it("returns the right-hand side for the identity", () => {
    const b = randomMatrix(6, 2, 1);
    expect(difference(unwrap(solveSymmetricPositive(identity(6), b)), b)).toBe(0);
  });

  it.each([1, 2, 17, 128])("solves a random system of %i unknowns", (n) => {
    const a = secondMomentOf(n, 3 * n, n);
    const x = randomMatrix(n, 3, n + 1);
    expect(difference(unwrap(solveSymmetricPositive(a, multiply(a, x))), x)).toBeLessThan(1e-10);
  });

  it("averages the halves of a matrix that rounding left unequal", () => {
    const a = matrixOf(2, 2, [2, 1 + 1e-13, 1 - 1e-13, 2]);
    const x = unwrap(solveSymmetricPositive(a, matrixOf(2, 1, [3, 3])));
    expect(difference(x, matrixOf(2, 1, [1, 1]))).toBeLessThan(1e-12);
  });

  it("needs a ridge for an ill-conditioned matrix, and solves the ridged system", () => {
    const a = hilbert(20);
    const b = randomMatrix(20, 1, 3);
    const refused = solveSymmetricPositive(a, b);
    expect(refused).toMatchObject({ ok: false, problem: { code: "singular_matrix" } });
    const x = unwrap(solveSymmetricPositive(a, b, 1e-6));
    expect(difference(multiply(addRidge(a, 1e-6), x), b)).toBeLessThan(1e-8);
  });

  it("refuses a second moment of fewer samples than unknowns, and one that is not positive", () => {
    expect(factorSymmetricPositive(secondMomentOf(12, 11, 5))).toMatchObject({
      ok: false,
      problem: { code: "singular_matrix" },
    });
    expect(factorSymmetricPositive(diagonal([1, -1])).ok).toBe(false);
    expect(factorSymmetricPositive(diagonal([1, 0])).ok).toBe(false);
  });

  it("does not mistake a small unit for singularity", () => {
    const x = unwrap(solveSymmetricPositive(diagonal([1e-14, 1, 1e14]), matrixOf(3, 1, [1e-14, 1, 1e14])));
    expect(difference(x, matrixOf(3, 1, [1, 1, 1]))).toBeLessThan(1e-12);
  });
});
