import type { Digest } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import { factorSymmetricPositive, type PositiveFactor } from "../linear-algebra/symmetric-positive.ts";
import type { StatePositions } from "./state-positions.ts";

/**
 * C = E[a aᵀ], the uncentred second moment of the inputs a [m] of one block's down-projection (ROME, arXiv 2202.05262,
 * equation 2 and appendix E.1).
 */
export interface SecondMoment {
  readonly layer: number;
  readonly positions: StatePositions;
  /** [m, m], a mean over `count` states. */
  readonly matrix: Matrix;
  readonly count: number;
  /** How many directions of the m the states span, to working precision. */
  readonly rank: number;
  /** The texts that it was taken over. */
  readonly corpus: Digest;
}

/** Loads or computes the second moment of one block, over the corpus that stands behind the loader. */
export type LoadSecondMoment = (layer: number, positions: StatePositions) => Promise<Result<SecondMoment>>;

const tooFew = ({ layer, positions, matrix, count }: SecondMoment, what: string) => {
  const message =
    `The second moment of block ${layer} over ${positions} positions ${what}; its ${matrix.rows} directions need as ` +
    "many independent states. Give more texts (errata model stats --corpus), or --positions all.";
  return fail(problem("too_few_samples", message, { detail: { layer, count, size: matrix.rows } }));
};

/** The mean of the diagonal: what a typical unit's square is. */
const typicalSquare = ({ rows, data }: Matrix): number => {
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += data[i * (rows + 1)]!;
  return trace / rows;
};

/**
 * C + λI, factored for solving. λ is `ridge` times the mean of C's diagonal, so that one value fits models of every
 * scale. Without a ridge the states must have spanned every direction.
 *
 * Errors: `too_few_samples` where there are fewer states than directions, or where there is no ridge and the states
 * span fewer; `singular_matrix` where the sum is still singular.
 */
export const factorSecondMoment = (moment: SecondMoment, ridge: number): Result<PositiveFactor> => {
  const { matrix, count, rank } = moment;
  if (count < matrix.rows) return tooFew(moment, `was taken over ${count} states`);
  if (ridge === 0 && rank < matrix.rows) return tooFew(moment, `has rank ${rank} and no ridge`);
  return factorSymmetricPositive(matrix, ridge * typicalSquare(matrix));
};
