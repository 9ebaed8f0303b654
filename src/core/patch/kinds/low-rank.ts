import * as z from "zod";
import { LINEAR_SITES, type LinearSite } from "../../model/prepared-model.ts";
import { concatenate } from "../../tensor/concatenate.ts";
import type { FloatTensor } from "../../tensor/tensor.ts";
import { tensorNorm } from "../../tensor/tensor-norm.ts";
import { layerSchema, recordFields } from "../blob-record.ts";
import { floats } from "../check-shapes.ts";
import { groupByPlace } from "../group-by-place.ts";
import { hookShapes } from "../hook-shapes.ts";
import { joinColumns } from "../join-matrices.ts";
import type { PatchBase, PatchKind } from "../patch-kind.ts";
import { reduceRank } from "../reduce-rank.ts";

/** `y = xW + b + (xA)B` on one linear layer, at every position. */
export interface LowRankPatch extends PatchBase {
  readonly kind: "low-rank";
  readonly layer: number;
  readonly site: LinearSite;
  readonly tensors: {
    /** [in, r] */ readonly A: FloatTensor;
    /** [r, out] */ readonly B: FloatTensor;
  };
}

/** All low-rank factors of one linear layer, concatenated along the rank, or their product where that is smaller. */
export interface LowRankBinding {
  readonly layer: number;
  readonly site: LinearSite;
  /** [in, r] */ readonly A: Float32Array;
  /** [r, out] */ readonly B: Float32Array;
  readonly rank: number;
  readonly owners: readonly LowRankPatch[];
}

/** Whether a patch is low-rank. */
export const isLowRank = (patch: PatchBase): patch is LowRankPatch => patch.kind === "low-rank";

const recordSchema = z.strictObject({
  kind: z.literal("low-rank"),
  layer: layerSchema,
  site: z.enum(LINEAR_SITES),
  ...recordFields,
});

const compose = (patches: readonly [LowRankPatch, ...LowRankPatch[]]): LowRankBinding => {
  const { layer, site, tensors } = patches[0];
  const ranks = patches.map((patch) => patch.tensors.A.shape[1]!);
  const rows = tensors.A.shape[0]!;
  const joined = {
    A: joinColumns(
      patches.map((patch) => patch.tensors.A.data),
      rows,
      ranks,
    ),
    B: concatenate(patches.map((patch) => patch.tensors.B.data)),
    rank: ranks.reduce((sum, rank) => sum + rank, 0),
  };
  // However many patches there are, a site costs no more than one more matrix of its own size.
  return { layer, site, ...reduceRank(joined, rows, tensors.B.shape[1]!), owners: patches };
};

/**
 * The factors of each linear layer that `patches` act on, by layer and site: those of one patch as they are, those of
 * several side by side in the order given.
 */
export const composeLowRanks = (patches: readonly LowRankPatch[]): readonly LowRankBinding[] =>
  groupByPlace(patches).map(compose);

/** Low-rank patches, of ROME, MEMIT, AlphaEdit and KN. */
export const lowRank: PatchKind<LowRankPatch, typeof recordSchema, LowRankBinding, "lowRanks"> = {
  name: "low-rank",
  list: "lowRanks",
  everywhere: true,
  recordSchema,
  shapes: (patch, model) =>
    hookShapes(patch, model, (hook) => ({ A: floats(hook.in, "r"), B: floats("r", hook.out) })),
  contentFault: () => null,
  limitFault: () => null,
  compose: composeLowRanks,
  // A bound of ‖AB‖ that needs no product.
  norm: ({ tensors: { A, B } }) => tensorNorm(A) * tensorNorm(B),
  radii: null,
};
