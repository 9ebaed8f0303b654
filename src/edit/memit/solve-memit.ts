import type { Result } from "../../core/result.ts";
import type { UpdateFactors } from "../down-projection/low-rank-patches.ts";
import { addMultiple, type KeyedResiduals, outer, solveFactors } from "../joint/solve-factors.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";

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
  const normal = addMultiple(outer(associations.keys), secondMoment, lambda);
  return solveFactors(normal, (lambda * ridge * trace) / rows, associations);
};
