/** Factors of a matrix AB: A [rows, rank], B [rank, columns], row-major. */
export interface Factors {
  readonly A: Float32Array;
  readonly B: Float32Array;
  readonly rank: number;
}

const productOf = ({ A, B, rank }: Factors, rows: number, columns: number): Float32Array => {
  const product = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = A[i * rank + k]!;
      if (factor === 0) continue;
      const start = k * columns;
      for (let j = 0; j < columns; j++) sums[j]! += factor * B[start + j]!;
    }
    product.set(sums, i * columns);
  }
  return product;
};

const identity = (size: number): Float32Array => {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * (size + 1)] = 1;
  return matrix;
};

/**
 * Factors of the same product AB [rows, columns] whose rank is at most the smaller of its sizes, as no matrix has
 * more: the product itself beside an identity. Factors within that rank come back as they are. Exact but for the
 * rounding of the product, which is summed in doubles.
 */
export const reduceRank = (factors: Factors, rows: number, columns: number): Factors => {
  const most = Math.min(rows, columns);
  if (factors.rank <= most) return factors;
  const product = productOf(factors, rows, columns);
  return columns <= rows
    ? { A: product, B: identity(columns), rank: columns }
    : { A: identity(rows), B: product, rank: rows };
};
