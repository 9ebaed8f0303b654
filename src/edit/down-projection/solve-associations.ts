import { ok, type Result } from "../../core/result.ts";
import { identity, type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";
import { solveSymmetricPositive } from "../linear-algebra/symmetric-positive.ts";
import type { UpdateFactors } from "./low-rank-patches.ts";

/** Keys of many edits at one block, and what each is to add to what the down-projection returns. */
export interface KeyedResiduals {
  /** [m, n] */
  readonly keys: Matrix;
  /** [n, d] */
  readonly residuals: Matrix;
}

const add = (left: Matrix, right: Matrix, factor: number): Matrix => ({
  ...left,
  data: left.data.map((value, i) => value + factor * right.data[i]!),
});

const outer = (keys: Matrix): Matrix => multiply(keys, transpose(keys));

/**
 * Factors of M⁻¹KR: apart while that is smaller, else as the whole update, whose right-hand sides are fewer then.
 */
const solveFactors = (
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

/**
 * MEMIT's update of one block (Meng et al. 2023, arXiv 2210.07229, equation 14): ΔW = (λC + KKᵀ)⁻¹ K R, the least
 * squares of the new associations and, λ times as heavy, of the old ones, for which C stands.
 *
 * Errors: `singular_matrix`.
 */
export const solveMemit = (
  associations: KeyedResiduals,
  secondMoment: Matrix,
  lambda: number,
  ridge: number,
): Result<UpdateFactors> => {
  const { rows, data } = secondMoment;
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += data[i * (rows + 1)]!;
  const normal = add(outer(associations.keys), secondMoment, lambda);
  return solveFactors(normal, (lambda * ridge * trace) / rows, associations);
};

/**
 * AlphaEdit's update of one block (Fang et al. 2025, arXiv 2410.02355, equation 11): of all updates in the null space
 * of what the model knows, spanned by the columns of `basis` U [m, q], the one of ridge regression,
 * ΔW = U (Uᵀ(KKᵀ + K_pK_pᵀ)U + L₂I)⁻¹ UᵀK R. The paper writes it with the projector P = UUᵀ; in the coordinates of U
 * the system is symmetric and q wide. `previous` holds the keys K_p [m, p] of earlier edits, which stay where they are.
 *
 * Errors: `singular_matrix`.
 */
export const solveAlphaedit = (
  { keys, residuals }: KeyedResiduals,
  basis: Matrix,
  previous: Matrix | null,
  ridge: number,
): Result<UpdateFactors> => {
  const inward = transpose(basis);
  const projected = multiply(inward, keys);
  const own = outer(projected);
  const normal = previous ? add(own, outer(multiply(inward, previous)), 1) : own;
  const solved = solveFactors(normal, ridge, { keys: projected, residuals });
  return solved.ok ? ok({ A: multiply(basis, solved.value.A), B: solved.value.B }) : solved;
};
