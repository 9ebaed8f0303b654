import type { Matrix } from "./matrix.ts";

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
