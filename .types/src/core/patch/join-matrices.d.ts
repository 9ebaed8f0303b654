/**
 * Sets row-major matrices side by side: matrix i is [rows, columns[i]], the whole [rows, sum of columns]. Used where
 * the joined axis is the inner one (K, A); joining along the outer axis is plain concatenation.
 */
export declare const joinColumns: (matrices: readonly Float32Array[], rows: number, columns: readonly number[]) => Float32Array;
/** One array of several, in order. */
export declare const concatenate: (parts: readonly Float32Array[]) => Float32Array;
