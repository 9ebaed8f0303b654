import { getOrInsert } from "../../core/get-or-insert.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import { symmetricEigen } from "../linear-algebra/symmetric-eigen.ts";
import type { SecondMoment } from "../statistics/second-moment.ts";

/** The eigenvectors of each moment, all of them; seconds of work that many applications share. */
const decomposed = new WeakMap<SecondMoment, Matrix>();

/**
 * An orthonormal basis [m, q] of the directions that what the model knows uses least: the eigenvectors of C with the
 * least eigenvalues, `share` of all of them, at least one.
 */
export const nullSpace = (moment: SecondMoment, share: number): Matrix => {
  const { rows, columns, data } = getOrInsert(
    decomposed,
    moment,
    () => symmetricEigen(moment.matrix).vectors,
  );
  const kept = Math.max(1, Math.round(share * columns));
  const basis = new Float64Array(rows * kept);
  for (let i = 0; i < rows; i++) basis.set(data.subarray(i * columns, i * columns + kept), i * kept);
  return { rows, columns: kept, data: basis };
};
