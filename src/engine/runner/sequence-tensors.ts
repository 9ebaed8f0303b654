import type { Backend, BackendTensor } from "../backends/backend.ts";

/** The last row [d] of a tensor [..., d], a copy. */
export const lastRow = ({ data }: BackendTensor, width: number): Float32Array =>
  (data as Float32Array).slice(-width);

/** Puts the rows of `newer` [1, n, d] in place of as many rows of `older` [1, T, d], from row `first` on. */
export const overwriteRows = (older: BackendTensor, newer: BackendTensor, first: number): void =>
  (older.data as Float32Array).set(newer.data as Float32Array, first * newer.dims.at(-1)!);

/** The first `length` tokens of a cache tensor [.., heads, T, size], a copy. */
export const cutCache = (backend: Backend, { data, dims }: BackendTensor, length: number): BackendTensor => {
  const [past, size] = dims.slice(-2) as [number, number];
  const heads = dims.slice(0, -2).reduce((product, count) => product * count, 1);
  const cut = new Float32Array(heads * length * size);
  for (let head = 0; head < heads; head++) {
    const start = head * past * size;
    cut.set((data as Float32Array).subarray(start, start + length * size), head * length * size);
  }
  return backend.tensor(cut, [...dims.slice(0, -2), length, size]);
};
