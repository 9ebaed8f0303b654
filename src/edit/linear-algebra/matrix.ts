import { Matrix as LibraryMatrix } from "ml-matrix";

/** A dense matrix of doubles in row-major order: element (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Whoever creates it owns it; readers must not write to it. */
  readonly data: Float64Array;
}

/** The matrix of `values`, which are copied into doubles; throws where their number does not fit. */
export const matrixOf = (rows: number, columns: number, values: ArrayLike<number>): Matrix => {
  if (values.length !== rows * columns)
    throw new RangeError(
      `A ${rows} by ${columns} matrix needs ${rows * columns} values, not ${values.length}.`,
    );
  return { rows, columns, data: Float64Array.from(values) };
};

/** The transpose, a copy. */
export const transpose = ({ rows, columns, data }: Matrix): Matrix => {
  const turned = new Float64Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j]!;
  return { rows: columns, columns: rows, data: turned };
};

/** The product AB of A [n, k] and B [k, m]; throws where the inner sizes differ. */
export const multiply = (a: Matrix, b: Matrix): Matrix => {
  if (a.columns !== b.rows)
    throw new RangeError(`A matrix of ${a.columns} columns cannot multiply one of ${b.rows} rows.`);
  const data = new Float64Array(a.rows * b.columns);
  // Rows of B are walked in order, so that memory is read as it lies.
  for (let i = 0; i < a.rows; i++) {
    const row = data.subarray(i * b.columns, (i + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!;
      const start = k * b.columns;
      for (let j = 0; j < b.columns; j++) row[j]! += factor * b.data[start + j]!;
    }
  }
  return { rows: a.rows, columns: b.columns, data };
};

/** The identity [size, size]. */
export const identity = (size: number): Matrix => {
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 1;
  return { rows: size, columns: size, data };
};

/** A + ridge·I for a square A, a copy; throws where A is not square. */
export const addRidge = (a: Matrix, ridge: number): Matrix => {
  checkSquare(a);
  const data = Float64Array.from(a.data);
  for (let i = 0; i < a.rows; i++) data[i * a.columns + i]! += ridge;
  return { ...a, data };
};

/** Throws where `a` is not square. */
export const checkSquare = ({ rows, columns }: Matrix): void => {
  if (rows !== columns) throw new RangeError(`Expected a square matrix and got ${rows} by ${columns}.`);
};

/**
 * A copy as ml-matrix takes it. Throws on numbers that are not finite: its iterations would not end on them, and no
 * caller has a use for the result.
 */
export const toLibrary = ({ rows, columns, data }: Matrix): LibraryMatrix => {
  if (!data.every(Number.isFinite)) throw new RangeError("A matrix holds a number that is not finite.");
  return LibraryMatrix.from1DArray(rows, columns, data);
};

/** A copy of a matrix of ml-matrix. */
export const fromLibrary = (matrix: LibraryMatrix): Matrix => {
  const { rows, columns } = matrix;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) data.set(matrix.getRow(i), i * columns);
  return { rows, columns, data };
};
