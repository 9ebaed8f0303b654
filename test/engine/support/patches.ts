import type { LinearSite, PreparedModel } from "../../../src/core/model/prepared-model.ts";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import type { PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { FloatTensor } from "../../../src/core/tensor/tensor.ts";
import { must } from "./engines.ts";

type Vector = ArrayLike<number>;

/** A float matrix from its rows. */
export const matrix = (rows: readonly Vector[]): FloatTensor => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flatMap((row) => [...Array.from(row)])),
});

/** The transpose of a matrix's rows. */
export const transposed = (rows: readonly Vector[]): number[][] =>
  Array.from({ length: rows[0]!.length }, (_, column) => rows.map((row) => row[column]!));

/** One codebook entry as its own patch: `values` and `targets` for each target token. */
export const codebookPatch = (
  id: string,
  layer: number,
  entry: {
    readonly key: Vector;
    readonly radius: number;
    readonly values: readonly Vector[];
    readonly targets: readonly number[];
  },
): CodebookPatch => {
  const values = matrix(entry.values);
  return {
    kind: "codebook",
    id,
    edits: [0],
    layer,
    replace: "last",
    tensors: {
      keys: matrix([entry.key]),
      radii: { shape: [1], data: Float32Array.of(entry.radius) },
      chains: { shape: [1], data: new Int32Array(1) },
      targets: { shape: [1, entry.targets.length], data: Int32Array.from(entry.targets) },
    },
    values: { shape: [1, ...values.shape], data: values.data },
  };
};

/** Extra neurons: K and V by neuron, each [n][d]. */
export const neuronsPatch = (
  id: string,
  layer: number,
  K: readonly Vector[],
  b: Vector,
  V: readonly Vector[],
): NeuronsPatch => ({
  kind: "neurons",
  id,
  edits: [0],
  layer,
  tensors: { K: matrix(transposed(K)), b: { shape: [b.length], data: Float32Array.from(b) }, V: matrix(V) },
});

/** A rank-one update u vᵀ of a linear layer, u [in] and v [out]. */
export const rankOnePatch = (
  id: string,
  layer: number,
  site: LinearSite,
  u: Vector,
  v: Vector,
): LowRankPatch => ({
  kind: "low-rank",
  id,
  edits: [0],
  layer,
  site,
  tensors: { A: matrix(transposed([u])), B: matrix([v]) },
});

/** The patch set of `patches`. */
export const setOf = (model: PreparedModel, ...patches: Patch[]): PatchSet =>
  must(composePatchSet(`sha256:${"0".repeat(64)}`, patches, model));
