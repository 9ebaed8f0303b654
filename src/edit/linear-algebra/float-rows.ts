/** The dot product of a row of `left` and a row of `right`, of `width` elements each. */
export const dotRows = (
  left: Float32Array,
  leftStart: number,
  right: Float32Array,
  rightStart: number,
  width: number,
): number => {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += left[leftStart + i]! * right[rightStart + i]!;
  return sum;
};

/** Adds `scale` times a row of `source` to a row of `target`. */
export const addRow = (
  target: Float32Array,
  targetStart: number,
  source: Float32Array,
  sourceStart: number,
  width: number,
  scale: number,
): void => {
  for (let i = 0; i < width; i++) target[targetStart + i]! += scale * source[sourceStart + i]!;
};

/** The transpose of a row-major [rows, columns], a copy. */
export const transposeRows = (data: Float32Array, rows: number, columns: number): Float32Array => {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j]!;
  return turned;
};
