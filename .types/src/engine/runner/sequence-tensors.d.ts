import type { Backend, BackendTensor } from "../backends/backend.ts";
/** The last row [d] of a tensor [..., d], a copy. */
export declare const lastRow: ({ data }: BackendTensor, width: number) => Float32Array;
/** Puts the rows of `newer` [1, n, d] in place of as many rows of `older` [1, T, d], from row `first` on. */
export declare const overwriteRows: (older: BackendTensor, newer: BackendTensor, first: number) => void;
/** The first `length` tokens of a cache tensor [1, heads, T, size], a copy. */
export declare const cutCache: (backend: Backend, { data, dims }: BackendTensor, length: number) => BackendTensor;
