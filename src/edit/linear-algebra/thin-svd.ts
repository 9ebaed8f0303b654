import { SingularValueDecomposition } from "ml-matrix";
import { fromLibrary, type Matrix, toLibrary } from "./matrix.ts";

/** A = left · diag(values) · rightᵀ, with k = min(rows, columns). */
export interface ThinSvd {
  /** [rows, k], orthonormal columns. */
  readonly left: Matrix;
  /** [k], descending, none negative. */
  readonly values: Float64Array;
  /** [columns, k], orthonormal columns. */
  readonly right: Matrix;
}

/** The thin singular value decomposition of A. Throws where A is empty or not finite. */
export const thinSvd = (a: Matrix): ThinSvd => {
  const decomposition = new SingularValueDecomposition(toLibrary(a), { autoTranspose: true });
  return {
    left: fromLibrary(decomposition.leftSingularVectors),
    values: Float64Array.from(decomposition.diagonal),
    right: fromLibrary(decomposition.rightSingularVectors),
  };
};
