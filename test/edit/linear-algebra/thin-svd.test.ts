import { describe, expect, it } from "vitest";
import { multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { symmetricEigen } from "../../../src/edit/linear-algebra/symmetric-eigen.ts";
import { thinSvd } from "../../../src/edit/linear-algebra/thin-svd.ts";
import { diagonal, difference, identity, randomMatrix } from "./support.ts";

describe("thinSvd", () => {
  it.each([
    [40, 9],
    [9, 40],
    [16, 16],
    [5, 1],
  ])("rebuilds a random %i by %i matrix", (rows, columns) => {
    const a = randomMatrix(rows, columns, rows + 100 * columns);
    const { left, values, right } = thinSvd(a);
    const k = Math.min(rows, columns);
    expect([left.rows, left.columns, values.length, right.rows, right.columns]).toEqual([
      rows,
      k,
      k,
      columns,
      k,
    ]);
    expect(difference(multiply(multiply(left, diagonal(values)), transpose(right)), a)).toBeLessThan(1e-12);
    expect(difference(multiply(transpose(left), left), identity(k))).toBeLessThan(1e-12);
    expect(difference(multiply(transpose(right), right), identity(k))).toBeLessThan(1e-12);
  });

  it("finds a product's rank", () => {
    const a = multiply(randomMatrix(30, 4, 1), randomMatrix(4, 20, 2));
    const values = thinSvd(a).values;
    expect(values.length).toBe(20);
    expect(values[3]).toBeGreaterThan(1);
    expect(values[4]).toBeLessThan(1e-12);
  });

  it("gives the roots of the eigenvalues of AᵀA", () => {
    const a = randomMatrix(12, 6, 3);
    const roots = symmetricEigen(multiply(transpose(a), a))
      .values.map(Math.sqrt)
      .toReversed();
    expect(difference(diagonal(thinSvd(a).values), diagonal(roots))).toBeLessThan(1e-12);
  });
});
