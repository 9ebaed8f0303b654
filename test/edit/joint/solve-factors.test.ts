import { describe, expect, it } from "vitest";
import { nullSpace } from "../../../src/edit/alphaedit/null-space.ts";
import { solveAlphaedit } from "../../../src/edit/alphaedit/solve-alphaedit.ts";
import type { UpdateFactors } from "../../../src/edit/down-projection/low-rank-patches.ts";
import { type Matrix, matrixOf, multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { symmetricEigen } from "../../../src/edit/linear-algebra/symmetric-eigen.ts";
import { solveMemit } from "../../../src/edit/memit/solve-memit.ts";
import type { SecondMoment } from "../../../src/edit/statistics/second-moment.ts";

const [M, D] = [8, 3];

/** Numbers without any pattern that linear algebra could trip over. */
const numbers = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i * i));

const matrix = (rows: number, columns: number, seed: number) =>
  matrixOf(rows, columns, numbers(rows * columns, seed));

/** A second moment whose last three directions hardly occur. */
const MOMENT = (() => {
  const samples = matrix(30, M, 3);
  for (let row = 0; row < 30; row++)
    for (let column = M - 3; column < M; column++) samples.data[row * M + column]! *= 1e-3;
  const sum = multiply(transpose(samples), samples);
  return { ...sum, data: sum.data.map((value) => value / 30) };
})();

const moment: SecondMoment = {
  layer: 0,
  positions: "answer",
  matrix: MOMENT,
  count: 30,
  rank: M,
  corpus: `sha256:${"0".repeat(64)}`,
};

const productOf = ({ A, B }: UpdateFactors): Matrix => multiply(A, B);

const solved = (result: ReturnType<typeof solveMemit>): Matrix => {
  if (!result.ok) throw new Error(result.problem.message);
  return productOf(result.value);
};

/** The largest element, by size. */
const largest = ({ data }: Matrix) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const subtract = (left: Matrix, right: Matrix): Matrix => ({
  ...left,
  data: left.data.map((value, i) => value - right.data[i]!),
});

describe.each([2, 6])("solveMemit with %i keys", (count) => {
  const associations = { keys: matrix(M, count, 5), residuals: matrix(count, D, 7) };

  it("satisfies (λC + KKᵀ) ΔW = K R", () => {
    const lambda = 0.5;
    const update = solved(solveMemit(associations, MOMENT, lambda, 0));
    const { keys, residuals } = associations;
    const gram = multiply(keys, transpose(keys));
    const normal = { ...gram, data: gram.data.map((value, i) => value + lambda * MOMENT.data[i]!) };
    expect(largest(subtract(multiply(normal, update), multiply(keys, residuals)))).toBeLessThan(1e-9);
  });

  it("reaches the values where what the model knows weighs nothing, and gives up where it weighs all", () => {
    const { keys, residuals } = associations;
    const missed = (lambda: number) =>
      largest(
        subtract(multiply(transpose(keys), solved(solveMemit(associations, MOMENT, lambda, 0))), residuals),
      );
    expect(missed(1e-4)).toBeLessThan(0.01);
    expect(missed(1e12)).toBeCloseTo(largest(residuals), 2);
  });
});

describe("nullSpace", () => {
  it("spans the eigenvectors of the least eigenvalues, orthonormal", () => {
    const basis = nullSpace(moment, 3 / M);
    expect([basis.rows, basis.columns]).toEqual([M, 3]);
    const inner = multiply(transpose(basis), basis);
    const { values } = symmetricEigen(MOMENT);
    const seen = multiply(transpose(basis), multiply(MOMENT, basis));
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        expect(inner.data[i * 3 + j]).toBeCloseTo(i === j ? 1 : 0, 9);
        expect(seen.data[i * 3 + j]).toBeCloseTo(i === j ? values[i]! : 0, 9);
      }
  });

  it("keeps one direction at least and all at most", () => {
    expect(nullSpace(moment, 1e-9).columns).toBe(1);
    expect(nullSpace(moment, 1).columns).toBe(M);
  });
});

describe.each([2, 6])("solveAlphaedit with %i keys", (count) => {
  const associations = { keys: matrix(M, count, 5), residuals: matrix(count, D, 7) };
  const basis = nullSpace(moment, 5 / M);
  const ridge = 0.1;

  it("is the paper's (P(KKᵀ + K_pK_pᵀ) + L₂I) ΔW = P K R", () => {
    const previous = matrix(M, 2, 11);
    const { keys, residuals } = associations;
    const update = solved(solveAlphaedit(associations, basis, previous, ridge));
    const projector = multiply(basis, transpose(basis));
    const [own, past] = [multiply(keys, transpose(keys)), multiply(previous, transpose(previous))];
    const sum = { ...own, data: own.data.map((value, i) => value + past.data[i]!) };
    const left = multiply(multiply(projector, sum), update);
    const whole = { ...left, data: left.data.map((value, i) => value + ridge * update.data[i]!) };
    const right = multiply(projector, multiply(keys, residuals));
    expect(largest(subtract(whole, right))).toBeLessThan(1e-9);
  });

  it("moves nothing in the directions that the model uses", () => {
    const update = solved(solveAlphaedit(associations, basis, null, ridge));
    const { vectors } = symmetricEigen(MOMENT);
    const moved = multiply(transpose(vectors), update);
    expect(largest({ ...moved, rows: 3, data: moved.data.slice((M - 3) * D) })).toBeLessThan(1e-9);
    expect(largest(moved)).toBeGreaterThan(1e-3);
  });
});

it("holds the keys of earlier edits stiller than without them", () => {
  const associations = { keys: matrix(M, 2, 5), residuals: matrix(2, D, 7) };
  const previous = matrix(M, 2, 11);
  const heavy = { ...previous, data: previous.data.map((value) => 100 * value) };
  const basis = nullSpace(moment, 1);
  const moved = (held: Matrix | null) =>
    largest(multiply(transpose(previous), solved(solveAlphaedit(associations, basis, held, 0.1))));
  expect(moved(heavy)).toBeLessThan(0.05 * moved(null));
});
