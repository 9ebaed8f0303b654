import { ok, type Result } from "../../core/result.ts";
import { type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";
import { factorSymmetricPositive, type PositiveFactor } from "../linear-algebra/symmetric-positive.ts";

const subtract = (left: Matrix, right: Matrix): Matrix => ({
  ...left,
  data: left.data.map((value, i) => value - right.data[i]!),
});

/**
 * C + w·mean(k kᵀ) over the columns k of `keys` [m, n], factored, from C factored: an update solved with it leaves
 * these keys where they are as well. By the Woodbury identity, so that C is factored once for all edits.
 *
 * Errors: `singular_matrix`.
 */
export const protectKeys = (factor: PositiveFactor, keys: Matrix, weight: number): Result<PositiveFactor> => {
  const solved = factor.solve(keys);
  const inner = factorSymmetricPositive(multiply(transpose(keys), solved), keys.columns / weight);
  if (!inner.ok) return inner;
  return ok({
    solve: (b) => {
      const plain = factor.solve(b);
      return subtract(plain, multiply(solved, inner.value.solve(multiply(transpose(keys), plain))));
    },
  });
};
