import { ok, type Result } from "../../core/result.ts";
import { type Matrix, multiply, transpose } from "../linear-algebra/matrix.ts";
import { type PositiveFactor, solveSymmetricPositive } from "../linear-algebra/symmetric-positive.ts";

/** Where keys and what they should add to a down-projection's output belong together. */
export interface Associations {
  /** [m, n]: the keys, a column each. */
  readonly keys: Matrix;
  /** For each key the row of `values` that it should give. */
  readonly owners: readonly number[];
  /** [t, d]: what is to be added; several keys may share one. */
  readonly values: Matrix;
}

/** Factors of an update ΔW = AB of a down-projection in [in, out]. */
export interface InsertedKeys {
  /** [m, t] */
  readonly A: Matrix;
  /** [t, d] */
  readonly B: Matrix;
  /** [n]: kᵀu of each key with u = C⁻¹k / ‖C⁻¹k‖, what ROME divides by; tiny ones make huge updates. */
  readonly divisions: readonly number[];
}

const column = ({ rows, columns, data }: Matrix, index: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + index]!);

const divisionOf = (keys: Matrix, solved: Matrix, index: number): number => {
  const [key, direction] = [column(keys, index), column(solved, index)];
  return key.reduce((sum, value, i) => sum + value * direction[i]!, 0) / Math.hypot(...direction);
};

/** Sums the columns of A [m, n] that have one owner, [m, t]: exact, as their rows of B are the same. */
const sumByOwner = ({ rows, columns, data }: Matrix, owners: readonly number[], count: number): Matrix => {
  const sum = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) sum[i * count + owners[j]!]! += data[i * columns + j]!;
  return { rows, columns: count, data: sum };
};

/**
 * The update that sends each key kᵢ to its value and as little as can be elsewhere: of all ΔW with ΔWᵀkᵢ = vᵢ the one
 * that minimises E‖ΔWᵀk‖² over the keys k that C was taken over, ΔW = C⁻¹K (KᵀC⁻¹K)⁻¹ V. For one key this is ROME's
 * rank-one update (Meng et al. 2022, arXiv 2202.05262, equation 2) with one and the same key throughout (R-ROME, Gupta
 * et al. 2024, arXiv 2403.07175). `ridge`, a share of the mean of KᵀC⁻¹K's diagonal, lets nearly equal keys miss their
 * values a little instead of being told apart by force.
 *
 * Errors: `singular_matrix` where keys coincide and there is no ridge.
 */
export const insertKeys = (
  { keys, owners, values }: Associations,
  factor: PositiveFactor,
  ridge: number,
): Result<InsertedKeys> => {
  const solved = factor.solve(keys);
  const gram = multiply(transpose(keys), solved);
  const diagonal = Array.from({ length: gram.rows }, (_, i) => gram.data[i * (gram.rows + 1)]!);
  const mean = diagonal.reduce((sum, value) => sum + value, 0) / gram.rows;
  const columns = solveSymmetricPositive(gram, transpose(solved), ridge * mean);
  if (!columns.ok) return columns;
  return ok({
    A: sumByOwner(transpose(columns.value), owners, values.rows),
    B: values,
    divisions: diagonal.map((_, index) => divisionOf(keys, solved, index)),
  });
};

/**
 * ROME's update as its reference code has it: the direction from one key (the mean over contexts), the division by
 * another (the bare prompt's), each association by itself. The mismatch is what makes edits disabling; kept to compare.
 */
export const insertAsPublished = (
  means: Matrix,
  bare: Matrix,
  values: Matrix,
  factor: PositiveFactor,
): InsertedKeys => {
  const solved = factor.solve(means);
  const { rows, columns } = solved;
  const A = Float64Array.from(solved.data);
  const divisions = Array.from({ length: columns }, (_, index) => {
    const [key, direction] = [column(bare, index), column(solved, index)];
    const product = key.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    for (let i = 0; i < rows; i++) A[i * columns + index]! /= product;
    return product / Math.hypot(...direction);
  });
  return { A: { rows, columns, data: A }, B: values, divisions };
};
