import { type Matrix, matrixOf, multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";

/** A matrix of standard normal numbers. */
export const randomMatrix = (rows: number, columns: number, seed: number): Matrix =>
  matrixOf(rows, columns, seededNormals(seed)(rows * columns));

/** X Xᵀ / samples of a random X [n, samples]: symmetric, of rank min(n, samples). */
export const secondMomentOf = (n: number, samples: number, seed: number): Matrix => {
  const x = randomMatrix(n, samples, seed);
  const product = multiply(x, transpose(x));
  return { ...product, data: product.data.map((value) => value / samples) };
};

export const identity = (n: number): Matrix => ({
  rows: n,
  columns: n,
  data: Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
});

/** diag(values). */
export const diagonal = (values: ArrayLike<number>): Matrix => {
  const n = values.length;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * (n + 1)] = values[i]!;
  return { rows: n, columns: n, data };
};

/** The largest absolute difference of two matrices of one shape; infinite for different shapes. */
export const difference = (a: Matrix, b: Matrix): number =>
  a.rows !== b.rows || a.columns !== b.columns
    ? Number.POSITIVE_INFINITY
    : a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i]!)), 0);
