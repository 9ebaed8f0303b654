import { describe, expect, it } from "vitest";
import type { Factors } from "../../../src/core/patch/reduce-rank.ts";
import {
  LEAST_ERROR,
  relativeError,
  truncateProduct,
} from "../../../src/edit/down-projection/truncate-product.ts";
import { matrixOf, multiply } from "../../../src/edit/linear-algebra/matrix.ts";
import { thinSvd } from "../../../src/edit/linear-algebra/thin-svd.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";

const [ROWS, COLUMNS] = [24, 14];

const randomFactors = (rank: number, seed = 1): Factors => {
  const normals = seededNormals(seed);
  return {
    A: Float32Array.from(normals(ROWS * rank)),
    B: Float32Array.from(normals(rank * COLUMNS)),
    rank,
  };
};

const productOf = ({ A, B, rank }: Factors) => multiply(matrixOf(ROWS, rank, A), matrixOf(rank, COLUMNS, B));

/** The least error that any factors of this rank can have, from the product itself. */
const leastError = (factors: Factors, rank: number): number => {
  const values = [...thinSvd(productOf(factors)).values];
  const energy = (from: number) => values.slice(from).reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(energy(rank) / energy(0));
};

const measured = (whole: Factors, part: Factors): number => {
  const [w, p] = [productOf(whole).data, productOf(part).data];
  return Math.hypot(...w.map((value, i) => value - p[i]!)) / Math.hypot(...w);
};

describe("truncateProduct", () => {
  it.each([1, 3, 7])("has the least error there is at rank %i, and states it", (rank) => {
    const factors = randomFactors(8);
    const cut = truncateProduct(factors, ROWS, COLUMNS, { rank });
    expect([cut.rank, cut.A.length, cut.B.length]).toEqual([rank, ROWS * rank, rank * COLUMNS]);
    expect(Math.abs(cut.error - measured(factors, cut))).toBeLessThan(1e-12);
    expect(Math.abs(cut.error - leastError(factors, rank))).toBeLessThan(1e-7);
  });

  it.each([0.9, 0.5, 0.1, LEAST_ERROR])("finds the least rank of an error of at most %d", (error) => {
    const factors = randomFactors(8);
    const cut = truncateProduct(factors, ROWS, COLUMNS, { error });
    expect(cut.error).toBeLessThanOrEqual(error);
    expect(measured(factors, cut)).toBeLessThanOrEqual(error);
    if (cut.rank > 1) expect(leastError(factors, cut.rank - 1)).toBeGreaterThan(error);
  });

  it("drops what the factors repeat, whatever rank is allowed", () => {
    const { A, B } = randomFactors(2);
    const twice = new Float32Array(ROWS * 4);
    for (let i = 0; i < ROWS; i++) for (let k = 0; k < 4; k++) twice[i * 4 + k] = A[i * 2 + (k % 2)]!;
    const factors = { A: twice, B: Float32Array.of(...B, ...B), rank: 4 };
    const cut = truncateProduct(factors, ROWS, COLUMNS, { rank: 4 });
    expect(cut.rank).toBe(2);
    expect(cut.error).toBeLessThan(1e-6);
  });

  it("leaves factors alone that need every column", () => {
    const factors = randomFactors(3);
    for (const rank of [3, 5])
      expect(truncateProduct(factors, ROWS, COLUMNS, { rank })).toEqual({ ...factors, error: 0 });
  });

  it("makes rank 1 of a product of zeros", () => {
    const factors = { ...randomFactors(3), B: new Float32Array(3 * COLUMNS) };
    const cut = truncateProduct(factors, ROWS, COLUMNS, { error: 0.1 });
    expect([cut.rank, cut.error]).toEqual([1, 0]);
    expect(cut.A.every(Number.isFinite)).toBe(true);
  });
});

describe("relativeError", () => {
  it("is nothing of a product and itself, and 1 of one and nothing", () => {
    const factors = randomFactors(4);
    expect(relativeError(factors, factors, ROWS, COLUMNS)).toBeLessThan(1e-15);
    const nothing = { ...factors, B: new Float32Array(4 * COLUMNS) };
    expect(relativeError(factors, nothing, ROWS, COLUMNS)).toBe(1);
  });
});
