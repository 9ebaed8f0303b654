import { describe, expect, it } from "vitest";
import { multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { productSvd } from "../../../src/edit/linear-algebra/product-svd.ts";
import { thinSvd } from "../../../src/edit/linear-algebra/thin-svd.ts";
import { diagonal, difference, identity, randomMatrix } from "./support.ts";

describe("productSvd", () => {
  it.each([
    [40, 5, 12],
    [12, 5, 40],
    [6, 9, 20],
    [20, 9, 6],
    [7, 1, 3],
  ])("decomposes a product of %i by %i by %i without forming it", (rows, rank, columns) => {
    const [a, b] = [randomMatrix(rows, rank, 1), randomMatrix(rank, columns, 2)];
    const { left, values, right } = productSvd(a, b);
    const k = Math.min(rows, rank, columns);
    expect([left.rows, left.columns, values.length, right.rows, right.columns]).toEqual([
      rows,
      k,
      k,
      columns,
      k,
    ]);
    expect(
      difference(multiply(multiply(left, diagonal(values)), transpose(right)), multiply(a, b)),
    ).toBeLessThan(1e-12);
    expect(difference(multiply(transpose(left), left), identity(k))).toBeLessThan(1e-12);
    expect(difference(multiply(transpose(right), right), identity(k))).toBeLessThan(1e-12);
    const direct = thinSvd(multiply(a, b)).values.slice(0, k);
    expect(difference(diagonal(values), diagonal(direct))).toBeLessThan(1e-11);
  });

  it("takes factors of linearly dependent columns, and of zeros", () => {
    const a = multiply(randomMatrix(30, 2, 3), randomMatrix(2, 6, 4));
    const { values } = productSvd(a, randomMatrix(6, 10, 5));
    expect(values[1]).toBeGreaterThan(1);
    expect(values[2]).toBeLessThan(1e-12);
    const zero = productSvd(diagonal([0, 0]), randomMatrix(2, 3, 6));
    expect([...zero.values]).toEqual([0, 0]);
  });
});
