import { describe, expect, it } from "vitest";
import { updateNorm } from "../../../src/edit/down-projection/low-rank-patches.ts";
import { fromColumns } from "../../../src/edit/linear-algebra/from-vectors.ts";
import { type Matrix, matrixOf, multiply, transpose } from "../../../src/edit/linear-algebra/matrix.ts";
import { factorSymmetricPositive } from "../../../src/edit/linear-algebra/symmetric-positive.ts";
import { insertAsPublished, insertKeys } from "../../../src/edit/rome/insert-keys.ts";
import { protectKeys } from "../../../src/edit/rome/protect-keys.ts";

const [M, D] = [6, 4];

/** Numbers without any pattern that linear algebra could trip over. */
const numbers = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i * i));

/** A second moment of full rank: XᵀX / n over n rows. */
const MOMENT = (() => {
  const samples = matrixOf(20, M, numbers(20 * M, 3));
  const sum = multiply(transpose(samples), samples);
  return { ...sum, data: sum.data.map((value) => value / 20) };
})();

const factorOf = (matrix: Matrix, ridge = 0) => {
  const factor = factorSymmetricPositive(matrix, ridge);
  if (!factor.ok) throw new Error(factor.problem.message);
  return factor.value;
};

const inserted = (keys: Matrix, owners: number[], values: Matrix, ridge = 0) => {
  const result = insertKeys({ keys, owners, values }, factorOf(MOMENT), ridge);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual).toHaveLength(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 9);
  });
};

/** E‖ΔWᵀk‖² = tr(ΔWᵀ C ΔW): what an update does to other keys. */
const disturbance = (update: Matrix): number => {
  const moved = multiply(transpose(update), multiply(MOMENT, update));
  return Array.from({ length: moved.rows }, (_, i) => moved.data[i * (moved.rows + 1)]!).reduce(
    (a, b) => a + b,
  );
};

describe("insertKeys", () => {
  const keys = matrixOf(M, 3, numbers(M * 3, 11));
  const values = matrixOf(2, D, numbers(2 * D, 5));
  const owners = [0, 1, 0];

  it("sends every key to its value, keys of one value by one row", () => {
    const { A, B } = inserted(keys, owners, values);
    expect([A.columns, B.rows]).toEqual([2, 2]);
    const sent = multiply(transpose(keys), multiply(A, B));
    expectClose(sent.data, [...values.data.slice(0, D), ...values.data.slice(D), ...values.data.slice(0, D)]);
  });

  it("disturbs other keys less than any other update that does so", () => {
    const { A, B } = inserted(keys, owners, values);
    const least = multiply(A, B);
    // Adding what no key sees keeps the constraints, so it must cost.
    const noise = matrixOf(M, D, numbers(M * D, 23));
    const seen = multiply(transpose(keys), noise);
    const gram = factorOf(multiply(transpose(keys), keys));
    const unseen = multiply(keys, gram.solve(seen));
    for (const share of [-0.1, 0.1]) {
      const data = least.data.map((value, i) => value + share * (noise.data[i]! - unseen.data[i]!));
      expect(disturbance({ ...least, data })).toBeGreaterThan(disturbance(least));
    }
  });

  it("is ROME's rank-one update for one key: C⁻¹k v / (kᵀC⁻¹k)", () => {
    const key = matrixOf(M, 1, numbers(M, 7));
    const value = matrixOf(1, D, numbers(D, 9));
    const { A, divisions } = inserted(key, [0], value);
    const solved = factorOf(MOMENT).solve(key).data;
    const inner = solved.reduce((sum, x, i) => sum + x * key.data[i]!, 0);
    expectClose(
      A.data,
      solved.map((x) => x / inner),
    );
    expect(divisions[0]).toBeCloseTo(inner / Math.hypot(...solved), 9);
  });

  it("lets equal keys share where a ridge allows it, and refuses them without one", () => {
    const twice = fromColumns([numbers(M, 7), numbers(M, 7)]);
    const result = insertKeys({ keys: twice, owners: [0, 1], values }, factorOf(MOMENT), 0);
    expect(result).toMatchObject({ ok: false, problem: { code: "singular_matrix" } });
    const { A, B } = inserted(twice, [0, 1], values, 1e-6);
    const sent = multiply(transpose(twice), multiply(A, B)).data.subarray(0, D);
    expect(sent[0]).toBeCloseTo((values.data[0]! + values.data[D]!) / 2, 5);
  });
});

describe("insertAsPublished", () => {
  it("sends the bare key to the value along the direction of the mean", () => {
    const [mean, bare] = [matrixOf(M, 1, numbers(M, 7)), matrixOf(M, 1, numbers(M, 8))];
    const value = matrixOf(1, D, numbers(D, 9));
    const { A, B } = insertAsPublished(mean, bare, value, factorOf(MOMENT));
    expectClose(multiply(transpose(bare), multiply(A, B)).data, value.data);
    expect(multiply(transpose(mean), multiply(A, B)).data[0]).not.toBeCloseTo(value.data[0]!, 3);
  });

  it("agrees with insertKeys where the two keys are one", () => {
    const key = matrixOf(M, 1, numbers(M, 7));
    const value = matrixOf(1, D, numbers(D, 9));
    const published = insertAsPublished(key, key, value, factorOf(MOMENT));
    expectClose(published.A.data, inserted(key, [0], value).A.data);
  });
});

describe("protectKeys", () => {
  it("solves with C + w·mean(k kᵀ)", () => {
    const held = matrixOf(M, 2, numbers(M * 2, 31));
    const weight = 3;
    const outer = multiply(held, transpose(held)).data;
    const data = MOMENT.data.map((value, i) => value + (weight * outer[i]!) / 2);
    const right = matrixOf(M, 2, numbers(M * 2, 41));
    const direct = factorOf({ ...MOMENT, data }).solve(right);
    const guarded = protectKeys(factorOf(MOMENT), held, weight);
    if (!guarded.ok) throw new Error(guarded.problem.message);
    expectClose(guarded.value.solve(right).data, direct.data);
  });
});

describe("updateNorm", () => {
  it("is the Frobenius norm of the product", () => {
    const [A, B] = [matrixOf(M, 3, numbers(M * 3, 1)), matrixOf(3, D, numbers(3 * D, 2))];
    expect(updateNorm({ A, B })).toBeCloseTo(Math.hypot(...multiply(A, B).data), 9);
  });
});
