import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Factors, reduceRank } from "../../../src/core/patch/reduce-rank.ts";

const product = ({ A, B, rank }: Factors, rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, index) => {
    const [i, j] = [Math.floor(index / columns), index % columns];
    return Array.from({ length: rank }, (_, k) => A[i * rank + k]! * B[k * columns + j]!).reduce(
      (sum, term) => sum + term,
      0,
    );
  });

/** Factors of small integers, whose products float32 holds exactly. */
const factors = (rows: number, rank: number, columns: number): Factors => ({
  A: Float32Array.from({ length: rows * rank }, (_, i) => ((i * 7) % 5) - 2),
  B: Float32Array.from({ length: rank * columns }, (_, i) => ((i * 3) % 7) - 3),
  rank,
});

describe("reduceRank", () => {
  it("gives the same product at no more than the smaller size, whatever the sizes", () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 20 }), size, (rows, rank, columns) => {
        const given = factors(rows, rank, columns);
        const reduced = reduceRank(given, rows, columns);
        expect(reduced.rank).toBe(Math.min(rank, rows, columns));
        expect(reduced.A).toHaveLength(rows * reduced.rank);
        expect(reduced.B).toHaveLength(reduced.rank * columns);
        expect(product(reduced, rows, columns)).toEqual(product(given, rows, columns));
      }),
    );
  });

  it("leaves factors alone whose rank is the smaller size, and reduces one more", () => {
    const [full, over] = [factors(5, 3, 3), factors(5, 4, 3)];
    expect(reduceRank(full, 5, 3)).toBe(full);
    expect(reduceRank(over, 5, 3).rank).toBe(3);
  });
});
