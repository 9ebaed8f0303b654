import { EigenvalueDecomposition } from "ml-matrix";
import { checkSquare, fromLibrary, type Matrix, toLibrary } from "./matrix.ts";

/** A = V diag(values) Vᵀ of a symmetric matrix. */
export interface SymmetricEigen {
  /** [n], ascending. */
  readonly values: Float64Array;
  /** [n, n]; column i belongs to `values[i]`; orthonormal. */
  readonly vectors: Matrix;
}

/**
 * The eigenvalues and eigenvectors of A [n, n], which must be symmetric: only rounding may tell its halves apart.
 * Some three seconds for n = 1,024. Throws where A is not square or not finite.
 */
export const symmetricEigen = (a: Matrix): SymmetricEigen => {
  checkSquare(a);
  const decomposition = new EigenvalueDecomposition(toLibrary(a), { assumeSymmetric: true });
  return {
    values: Float64Array.from(decomposition.realEigenvalues),
    vectors: fromLibrary(decomposition.eigenvectorMatrix),
  };
};

/**
 * How many of ascending `eigenvalues` of a positive semidefinite matrix stand out of its rounding: its numerical
 * rank, by the threshold n·ε·largest that LAPACK users know. `epsilon` is the precision of the numbers that the
 * matrix was made of.
 */
export const numericalRank = (eigenvalues: Float64Array, epsilon: number): number => {
  const threshold = eigenvalues.length * epsilon * Math.max(0, eigenvalues.at(-1) ?? 0);
  return eigenvalues.filter((value) => value > threshold).length;
};
