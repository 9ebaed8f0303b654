import { ok, type Result } from "../../core/result.ts";
import type { UpdateFactors } from "../down-projection/low-rank-patches.ts";
import { addMultiple, type KeyedResiduals, outer, solveFactors } from "../joint/solve-factors.ts";
import { type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";

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
  const normal = previous ? addMultiple(own, outer(multiply(inward, previous)), 1) : own;
  const solved = solveFactors(normal, ridge, { keys: projected, residuals });
  return solved.ok ? ok({ A: multiply(basis, solved.value.A), B: solved.value.B }) : solved;
};
