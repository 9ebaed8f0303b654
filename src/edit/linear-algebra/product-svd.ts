import { QrDecomposition } from "ml-matrix";
import { fromLibrary, type Matrix, multiply, toLibrary, transpose } from "./matrix.ts";
import { type ThinSvd, thinSvd } from "./thin-svd.ts";

/** M = Q R with orthonormal columns of Q; a wide M is its own R. */
const orthogonalise = (matrix: Matrix): { readonly Q: Matrix | null; readonly R: Matrix } => {
  if (matrix.rows <= matrix.columns) return { Q: null, R: matrix };
  const decomposition = new QrDecomposition(toLibrary(matrix));
  return {
    Q: fromLibrary(decomposition.orthogonalMatrix),
    R: fromLibrary(decomposition.upperTriangularMatrix),
  };
};

const rotate = (Q: Matrix | null, vectors: Matrix): Matrix => (Q === null ? vectors : multiply(Q, vectors));

/**
 * The thin singular value decomposition of AB, A [n, r] and B [r, m], in the space of the factors: with A = Q R and
 * Bᵀ = P S the product is Q (R Sᵀ) Pᵀ, so that only R Sᵀ, at most r by r, is decomposed. Has min(n, r, m) values.
 * Throws where A or B is empty or not finite.
 */
export const productSvd = (a: Matrix, b: Matrix): ThinSvd => {
  const [left, right] = [orthogonalise(a), orthogonalise(transpose(b))];
  const core = thinSvd(multiply(left.R, transpose(right.R)));
  return {
    left: rotate(left.Q, core.left),
    values: core.values,
    right: rotate(right.Q, core.right),
  };
};
