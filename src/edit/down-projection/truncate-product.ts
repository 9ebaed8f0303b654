import type { Factors } from "../../core/patch/reduce-rank.ts";
import { matrixOf } from "../linear-algebra/matrix.ts";
import { productSvd } from "../linear-algebra/product-svd.ts";
import type { ThinSvd } from "../linear-algebra/thin-svd.ts";

/** How far to compress: to at most this rank, or to the least rank whose relative Frobenius error is at most this. */
export type Compression = { readonly rank: number } | { readonly error: number };

/** Least error that can be asked for: the rounding of factors to 32 bits alone is some 1e-7. */
export const LEAST_ERROR = 1e-6;

/** Factors of lower rank. */
export interface TruncatedFactors extends Factors {
  /** ‖AB − A'B'‖ / ‖AB‖ in the Frobenius norm, of the 32-bit factors as they are; 0 for a product of zeros. */
  readonly error: number;
}

/** Number of singular values above the rounding of the largest, at least 1. */
const rankOf = (values: Float64Array, size: number): number => {
  const noise = values[0]! * size * Number.EPSILON;
  return Math.max(1, values.filter((value) => value > noise).length);
};

/** The least rank at which what is cut off has at most `error` of the whole. */
const rankFor = (values: Float64Array, error: number): number => {
  const total = values.reduce((sum, value) => sum + value * value, 0);
  let rank = values.length;
  for (let tail = 0; rank > 1; rank--) {
    tail += values[rank - 1]! ** 2;
    if (Math.sqrt(tail / total) > error) break;
  }
  return rank;
};

/** A' = U√Σ and B' = √ΣVᵀ of the first `rank` singular values: equal scales keep both well within 32 bits. */
const factorsOf = (
  { left, values, right }: ThinSvd,
  rank: number,
  rows: number,
  columns: number,
): Factors => {
  const [A, B] = [new Float32Array(rows * rank), new Float32Array(rank * columns)];
  for (let k = 0; k < rank; k++) {
    const scale = Math.sqrt(values[k]!);
    for (let i = 0; i < rows; i++) A[i * rank + k] = left.data[i * left.columns + k]! * scale;
    for (let j = 0; j < columns; j++) B[k * columns + j] = right.data[j * right.columns + k]! * scale;
  }
  return { A, B, rank };
};

const addProductRow = (
  into: Float64Array,
  { A, B, rank }: Factors,
  row: number,
  columns: number,
  sign: number,
): void => {
  for (let k = 0; k < rank; k++) {
    const factor = sign * A[row * rank + k]!;
    for (let j = 0; j < columns; j++) into[j]! += factor * B[k * columns + j]!;
  }
};

/** ‖AB − A'B'‖ / ‖AB‖ in the Frobenius norm, each element in doubles, one row at a time. */
export const relativeError = (whole: Factors, part: Factors, rows: number, columns: number): number => {
  const sums = new Float64Array(columns);
  let [lost, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    addProductRow(sums, whole, row, columns, 1);
    for (const value of sums) total += value * value;
    addProductRow(sums, part, row, columns, -1);
    for (const value of sums) lost += value * value;
  }
  return total === 0 ? 0 : Math.sqrt(lost / total);
};

/**
 * The best factors of lower rank for a product AB [rows, columns] in the Frobenius norm (Eckart and Young 1936): its
 * singular value decomposition, cut off. A product that needs every one of its factors' columns at that compression
 * comes back as it is. Throws where a factor is not finite.
 */
export const truncateProduct = (
  factors: Factors,
  rows: number,
  columns: number,
  compression: Compression,
): TruncatedFactors => {
  const same = { ...factors, error: 0 };
  if ("rank" in compression && factors.rank === 1) return same;
  const svd = productSvd(matrixOf(rows, factors.rank, factors.A), matrixOf(factors.rank, columns, factors.B));
  const most = rankOf(svd.values, Math.max(rows, columns));
  const asked = "rank" in compression ? compression.rank : rankFor(svd.values, compression.error);
  for (let rank = Math.min(most, asked); rank < factors.rank && rank <= svd.values.length; rank++) {
    const cut = factorsOf(svd, rank, rows, columns);
    const error = relativeError(factors, cut, rows, columns);
    // Rounding to 32 bits can take an error just past what was asked for; one value more brings it back.
    if ("rank" in compression || error <= compression.error) return { ...cut, error };
  }
  return same;
};
