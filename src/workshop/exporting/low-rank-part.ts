import { openPatches } from "../../core/bundle/verify-bundle.ts";
import { counted } from "../../core/counted.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { composeLowRanks, isLowRank, type LowRankBinding } from "../../core/patch/kinds/low-rank.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { nothingLowRank } from "../../edit/down-projection/squash-low-rank.ts";
import type { NamedBundle } from "../bundles/bundle-reference.ts";

/** What of a bundle can leave Errata as weights. */
export interface LowRankPart {
  /** The factors of each linear layer, as the engine would bind them. */
  readonly bindings: readonly LowRankBinding[];
  /** Ids of the patches of other kinds. */
  readonly leftOut: readonly string[];
}

const refuseOthers = (others: readonly Patch[]) => {
  const kinds = [...new Set(others.map(({ kind }) => kind))].join(" and ");
  const message =
    `${counted(others.length, "patch", "patches")} of the bundle, first "${others[0]!.id}", ` +
    `${others.length === 1 ? "is" : "are"} of kind ${kinds}: no change of weights does the same. ` +
    "Give --low-rank-only to export the bundle without them.";
  return fail(problem("unsupported_value", message, { param: "--low-rank-only" }));
};

/**
 * The low-rank part of a bundle for `model`.
 *
 * Errors: those of `openPatches`; `invalid_request` where nothing is low-rank; `unsupported_value` where other patches
 * are, and `lowRankOnly` does not say to leave them out.
 */
export const readLowRankPart = async (
  { manifest, getBlobs }: NamedBundle,
  model: PreparedModel,
  lowRankOnly = false,
): Promise<Result<LowRankPart>> => {
  const patches = await openPatches(manifest, model, getBlobs);
  if (!patches.ok) return patches;
  const bindings = composeLowRanks(patches.value.filter(isLowRank));
  if (bindings.length === 0) return fail(nothingLowRank(patches.value));
  const others = patches.value.filter((patch) => !isLowRank(patch));
  if (others.length > 0 && !lowRankOnly) return refuseOthers(others);
  return ok({ bindings, leftOut: others.map(({ id }) => id) });
};
