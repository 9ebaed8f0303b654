import { ok, type Result } from "../../core/result.ts";
import type { UpdateFactors } from "../down-projection/low-rank-patches.ts";
import { identity, type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";
import { solveSymmetricPositive } from "../linear-algebra/symmetric-positive.ts";

/** Keys of many edits at one block, and what each is to add to what the down-projection returns. */
export interface KeyedResiduals {
  /** [m, n] */
  readonly keys: Matrix;
  /** [n, d] */
  readonly residuals: Matrix;
}

/** left + factor · right. */
export const addMultiple = (left: Matrix, right: Matrix, factor: number): Matrix => ({
  ...left,
  data: left.data.map((value, i) => value + factor * right.data[i]!),
});

/** KKᵀ. */
export const outer = (keys: Matrix): Matrix => multiply(keys, transpose(keys));

/**
 * Factors of M⁻¹KR: apart while that is smaller, else as the whole update, whose right-hand sides are fewer then.
 */
export const solveFactors = (
  normal: Matrix,
  ridge: number,
  { keys, residuals }: KeyedResiduals,
): Result<UpdateFactors> => {
  if (keys.columns <= residuals.columns) {
    const A = solveSymmetricPositive(normal, keys, ridge);
    return A.ok ? ok({ A: A.value, B: residuals }) : A;
  }
  const whole = solveSymmetricPositive(normal, multiply(keys, residuals), ridge);
  return whole.ok ? ok({ A: whole.value, B: identity(residuals.columns) }) : whole;
};
