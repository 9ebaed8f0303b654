/**
 * Sets row-major matrices side by side: matrix i is [rows, columns[i]], the whole [rows, sum of columns]. Used where
 * the joined axis is the inner one (K, A); joining along the outer axis is plain concatenation.
 */
export const joinColumns = (
  matrices: readonly Float32Array[],
  rows: number,
  columns: readonly number[],
): Float32Array => {
  const total = columns.reduce((sum, count) => sum + count, 0);
  const joined = new Float32Array(rows * total);
  let first = 0;
  matrices.forEach((matrix, index) => {
    const width = columns[index]!;
    for (let row = 0; row < rows; row++)
      joined.set(matrix.subarray(row * width, (row + 1) * width), row * total + first);
    first += width;
  });
  return joined;
};
