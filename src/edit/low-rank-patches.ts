import type { LowRankPatch } from "../core/patch/patch.ts";
import { reduceRank } from "../core/patch/reduce-rank.ts";
import type { Matrix } from "./linear-algebra/matrix.ts";

/** Factors of an update of a down-projection: A [m, r], B [r, d]. */
export interface UpdateFactors {
  readonly A: Matrix;
  readonly B: Matrix;
}

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
