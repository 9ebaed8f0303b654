/** Factors of a matrix AB: A [rows, rank], B [rank, columns], row-major. */
export interface Factors {
    readonly A: Float32Array;
    readonly B: Float32Array;
    readonly rank: number;
}
/**
 * Factors of the same product AB [rows, columns] whose rank is at most the smaller of its sizes, as no matrix has
 * more: the product itself beside an identity. Factors within that rank come back as they are. Exact but for the
 * rounding of the product, which is summed in doubles.
 */
export declare const reduceRank: (factors: Factors, rows: number, columns: number) => Factors;
