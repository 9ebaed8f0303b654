import { describe, expect, it } from "vitest";
import {
  addRidge,
  matrixOf,
  multiply,
  toLibrary,
  transpose,
} from "../../../src/edit/linear-algebra/matrix.ts";
import { difference, identity, randomMatrix } from "./support.ts";

describe("matrices", () => {
  it("multiply by hand-worked numbers", () => {
    const product = multiply(matrixOf(2, 3, [1, 2, 3, 4, 5, 6]), matrixOf(3, 1, [1, 0, -1]));
    expect(product).toEqual(matrixOf(2, 1, [-2, -2]));
  });

  it("have (AB)ᵀ = BᵀAᵀ", () => {
    const [a, b] = [randomMatrix(5, 7, 1), randomMatrix(7, 3, 2)];
    expect(difference(transpose(multiply(a, b)), multiply(transpose(b), transpose(a)))).toBe(0);
  });

  it("take a ridge on the diagonal alone", () => {
    expect(addRidge(matrixOf(2, 2, [1, 2, 3, 4]), 0.5)).toEqual(matrixOf(2, 2, [1.5, 2, 3, 4.5]));
    expect(difference(addRidge(matrixOf(3, 3, new Float64Array(9)), 1), identity(3))).toBe(0);
  });

  it("refuse what does not fit", () => {
    expect(() => matrixOf(2, 2, [1, 2, 3])).toThrow("needs 4 values, not 3");
    expect(() => multiply(identity(2), identity(3))).toThrow("2 columns cannot multiply one of 3 rows");
    expect(() => addRidge(randomMatrix(2, 3, 1), 1)).toThrow("square");
    expect(() => toLibrary(matrixOf(1, 2, [0, Number.NaN]))).toThrow("not finite");
  });
});
