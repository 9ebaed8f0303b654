import { describe, expect, it } from "vitest";
import { multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { numericalRank, symmetricEigen } from "../../../src/edit/linear-algebra/symmetric-eigen.ts";
import { diagonal, difference, identity, secondMomentOf } from "./support.ts";

describe("symmetricEigen", () => {
  it("finds the eigenvalues of a diagonal matrix, ascending", () => {
    const { values } = symmetricEigen(diagonal([3, -1, 2]));
    expect(Array.from(values)).toEqual([-1, 2, 3]);
  });

  it.each([1, 2, 33, 128])("rebuilds a random matrix of size %i from an orthonormal basis", (n) => {
    const a = secondMomentOf(n, 2 * n, n);
    const { values, vectors } = symmetricEigen(a);
    const rebuilt = multiply(multiply(vectors, diagonal(values)), transpose(vectors));
    expect(difference(rebuilt, a)).toBeLessThan(1e-11);
    expect(difference(multiply(transpose(vectors), vectors), identity(n))).toBeLessThan(1e-12);
    expect(Array.from(values)).toEqual(Array.from(values).toSorted((x, y) => x - y));
  });

  it("tells the numerical rank of a second moment of few samples", () => {
    const { values } = symmetricEigen(secondMomentOf(40, 25, 7));
    expect(numericalRank(values, Number.EPSILON)).toBe(25);
    expect(numericalRank(symmetricEigen(secondMomentOf(40, 80, 7)).values, Number.EPSILON)).toBe(40);
    expect(numericalRank(Float64Array.of(0, 0), Number.EPSILON)).toBe(0);
  });
});
