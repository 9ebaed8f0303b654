import { ok, type Result } from "../../core/result.ts";
import { type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";
import { factorSymmetricPositive, type PositiveFactor } from "../linear-algebra/symmetric-positive.ts";

const subtract = (left: Matrix, right: Matrix): Matrix => ({
  ...left,
  data: left.data.map((value, i) => value - right.data[i]!),
});

/** A matrix with each of `columns` [m] as a column. */
export const fromColumns = (columns: readonly ArrayLike<number>[]): Matrix => {
  const rows = columns[0]!.length;
  const data = new Float64Array(rows * columns.length);
  for (const [j, column] of columns.entries())
    for (let i = 0; i < rows; i++) data[i * columns.length + j] = column[i]!;
  return { rows, columns: columns.length, data };
};

/** A matrix with each of `rows` as a row. */
export const fromRows = (rows: readonly ArrayLike<number>[]): Matrix => {
  const columns = rows[0]!.length;
  const data = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(Array.from(row), i * columns);
  return { rows: rows.length, columns, data };
};

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
