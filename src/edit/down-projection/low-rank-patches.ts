import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import { reduceRank } from "../../core/patch/reduce-rank.ts";
import { identity, type Matrix, matrixOf, multiply } from "../linear-algebra/matrix.ts";

/** Factors of an update of a down-projection: A [m, r], B [r, d]. */
export interface UpdateFactors {
  readonly A: Matrix;
  readonly B: Matrix;
}

const sideBySide = (left: Matrix, right: Matrix): Matrix => {
  const columns = left.columns + right.columns;
  const data = new Float64Array(left.rows * columns);
  for (let i = 0; i < left.rows; i++) {
    data.set(left.data.subarray(i * left.columns, (i + 1) * left.columns), i * columns);
    data.set(right.data.subarray(i * right.columns, (i + 1) * right.columns), i * columns + left.columns);
  }
  return { rows: left.rows, columns, data };
};

const stacked = (upper: Matrix, lower: Matrix): Matrix => {
  const data = new Float64Array(upper.data.length + lower.data.length);
  data.set(upper.data);
  data.set(lower.data, upper.data.length);
  return { rows: upper.rows + lower.rows, columns: upper.columns, data };
};

/** The sum of two updates, multiplied out where their factors together are wider than d. */
export const addUpdates = (left: UpdateFactors, right: UpdateFactors): UpdateFactors => {
  const [A, B] = [sideBySide(left.A, right.A), stacked(left.B, right.B)];
  return A.columns <= B.columns ? { A, B } : { A: multiply(A, B), B: identity(B.columns) };
};

/** A patch of these factors on the down-projection of `layer`, of the rank that the update needs at most. */
export const toLowRankPatch = (
  id: string,
  edits: readonly number[],
  layer: number,
  { A, B }: UpdateFactors,
): LowRankPatch => {
  const [rows, columns] = [A.rows, B.columns];
  const factors = { A: Float32Array.from(A.data), B: Float32Array.from(B.data), rank: A.columns };
  const reduced = reduceRank(factors, rows, columns);
  return {
    kind: "low-rank",
    id,
    edits,
    layer,
    site: "down",
    tensors: {
      A: { shape: [rows, reduced.rank], data: reduced.A },
      B: { shape: [reduced.rank, columns], data: reduced.B },
    },
  };
};

/** The factors of a patch, in doubles. */
export const patchFactors = ({ tensors: { A, B } }: LowRankPatch): UpdateFactors => ({
  A: matrixOf(A.shape[0]!, A.shape[1]!, A.data),
  B: matrixOf(B.shape[0]!, B.shape[1]!, B.data),
});

/** ‖AB‖ in the Frobenius norm, without forming the product: the trace of (AᵀA)(BBᵀ). */
export const updateNorm = ({ A, B }: UpdateFactors): number => {
  const rank = A.columns;
  let sum = 0;
  for (let k = 0; k < rank; k++)
    for (let l = 0; l < rank; l++) {
      let [left, right] = [0, 0];
      for (let i = 0; i < A.rows; i++) left += A.data[i * rank + k]! * A.data[i * rank + l]!;
      for (let j = 0; j < B.columns; j++) right += B.data[k * B.columns + j]! * B.data[l * B.columns + j]!;
      sum += left * right;
    }
  return Math.sqrt(Math.max(0, sum));
};
