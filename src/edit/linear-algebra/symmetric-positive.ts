import { CholeskyDecomposition } from "ml-matrix";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { addRidge, checkSquare, fromLibrary, type Matrix, toLibrary } from "./matrix.ts";

/** A symmetric positive definite matrix, factored once for many right-hand sides. */
export interface PositiveFactor {
  /** X [n, r] with (A + ridge·I) X = B [n, r]; throws where B has another number of rows. */
  solve(b: Matrix): Matrix;
}

/** A pivot below this many roundings of its diagonal element carries no digit that can be trusted. */
const LEAST_PIVOT_ROUNDINGS = 16;

const symmetrised = (a: Matrix): Matrix => {
  const { rows: n } = a;
  const data = Float64Array.from(a.data);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const mean = (a.data[i * n + j]! + a.data[j * n + i]!) / 2;
      data[i * n + j] = mean;
      data[j * n + i] = mean;
    }
  return { ...a, data };
};

/** The smallest pivot as a share of its own diagonal element, so that the scale of a variable does not matter. */
const leastPivot = (a: Matrix, cholesky: CholeskyDecomposition): number =>
  cholesky.lowerTriangularMatrix
    .diagonal()
    .reduce((least, root, i) => Math.min(least, (root * root) / a.data[i * a.columns + i]!), 1);

/** row[i] -= factor · row[k] of a matrix of `columns` columns. */
const subtractRow = (data: Float64Array, columns: number, i: number, k: number, factor: number): void => {
  const [to, from] = [i * columns, k * columns];
  for (let j = 0; j < columns; j++) data[to + j]! -= factor * data[from + j]!;
};

const divideRow = (data: Float64Array, columns: number, i: number, divisor: number): void => {
  for (let j = i * columns; j < (i + 1) * columns; j++) data[j]! /= divisor;
};

/**
 * Solves LLᵀX = B by forward and backward substitution. Written out, as the library's walks its right-hand sides
 * column by column, five times as slow, and methods solve once or more for every edit.
 */
const substitutor =
  ({ rows: n, data: lower }: Matrix): PositiveFactor["solve"] =>
  (b) => {
    if (b.rows !== n) throw new RangeError(`Expected ${n} rows and got ${b.rows}.`);
    const { columns } = b;
    const data = Float64Array.from(b.data);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) subtractRow(data, columns, i, k, lower[i * n + k]!);
      divideRow(data, columns, i, lower[i * (n + 1)]!);
    }
    for (let k = n - 1; k >= 0; k--) {
      divideRow(data, columns, k, lower[k * (n + 1)]!);
      for (let i = 0; i < k; i++) subtractRow(data, columns, i, k, lower[k * n + i]!);
    }
    return { ...b, data };
  };

/**
 * The Cholesky factorisation of A + ridge·I, A [n, n] symmetric (its two halves are averaged, so that rounding in
 * them does not matter). Half a second for n = 1,024. Throws where A is not square or not finite.
 *
 * Errors: `singular_matrix` where A + ridge·I is not positive definite to working precision.
 */
export const factorSymmetricPositive = (a: Matrix, ridge = 0): Result<PositiveFactor> => {
  checkSquare(a);
  const regular = addRidge(symmetrised(a), ridge);
  const cholesky = new CholeskyDecomposition(toLibrary(regular));
  const threshold = LEAST_PIVOT_ROUNDINGS * a.rows * Number.EPSILON;
  if (cholesky.isPositiveDefinite() && leastPivot(regular, cholesky) > threshold)
    return ok({ solve: substitutor(fromLibrary(cholesky.lowerTriangularMatrix)) });
  const message =
    `A ${a.rows} by ${a.rows} matrix is singular to working precision (ridge ${ridge}). ` +
    "Use a larger ridge, or statistics over more prompts.";
  return fail(problem("singular_matrix", message));
};

/**
 * X [n, r] with (A + ridge·I) X = B, for a symmetric positive definite A [n, n] and B [n, r].
 *
 * Errors: `singular_matrix`, as `factorSymmetricPositive`.
 */
export const solveSymmetricPositive = (a: Matrix, b: Matrix, ridge = 0): Result<Matrix> => {
  const factor = factorSymmetricPositive(a, ridge);
  return factor.ok ? ok(factor.value.solve(b)) : factor;
};
