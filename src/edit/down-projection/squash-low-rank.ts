import { createIdAllocator } from "../../core/edit/unique-id.ts";
import type { LinearSite } from "../../core/model/prepared-model.ts";
import {
  composeLowRanks,
  isLowRank,
  type LowRankBinding,
  type LowRankPatch,
} from "../../core/patch/kinds/low-rank.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { blockPatchId } from "../../core/patch/patch-group.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type Compression, truncateProduct } from "./truncate-product.ts";

/** What became of the low-rank patches of one linear layer. */
export interface SquashedSite {
  readonly layer: number;
  readonly site: LinearSite;
  /** Id of the one patch there is now. */
  readonly patch: string;
  /** Ids of the patches that it was made of: one where a patch was alone. */
  readonly from: readonly string[];
  /** Indices of the edits that it carries, ascending. */
  readonly edits: readonly number[];
  /** Columns of all factors together before, and the rank now. */
  readonly before: number;
  readonly rank: number;
  /** ‖AB − A'B'‖ / ‖AB‖ in the Frobenius norm. */
  readonly error: number;
}

/** The patches of a bundle, its low-rank ones compressed. */
export interface SquashedPatches {
  /** A site's one patch stands where its first stood. */
  readonly patches: readonly Patch[];
  /** By layer. */
  readonly sites: readonly SquashedSite[];
}

/** The refusal of a bundle without low-rank patches. */
export const nothingLowRank = (patches: readonly Pick<Patch, "kind">[]): Problem => {
  const kinds = [...new Set(patches.map(({ kind }) => kind))].join(" and ");
  return problem(
    "invalid_request",
    `The bundle has no low-rank patch${kinds === "" ? "" : `, only ${kinds} ones`}. ` +
      "The methods rome, memit, alphaedit and kn make low-rank patches.",
    { param: "bundle" },
  );
};

const columnsBefore = ({ owners }: LowRankBinding): number =>
  owners.reduce((sum, { tensors }) => sum + tensors.A.shape[1]!, 0);

interface Squashed {
  readonly patch: LowRankPatch;
  readonly site: SquashedSite;
}

const squashSite = (
  binding: LowRankBinding,
  compression: Compression,
  allocate: (id: string) => string,
): Squashed => {
  const { layer, site, owners } = binding;
  const first = owners[0]!;
  const [rows, columns] = [first.tensors.A.shape[0]!, first.tensors.B.shape[1]!];
  const { A, B, rank, error } = truncateProduct(binding, rows, columns, compression);
  const patch: LowRankPatch = {
    kind: "low-rank",
    // A patch alone keeps its name: the rest of its group finds it by that.
    id: owners.length === 1 ? first.id : allocate(blockPatchId(`squashed-${site}`, layer)),
    edits: [...new Set(owners.flatMap(({ edits }) => edits))].sort((a, b) => a - b),
    layer,
    site,
    tensors: { A: { shape: [rows, rank], data: A }, B: { shape: [rank, columns], data: B } },
  };
  const { id, edits } = patch;
  const from = owners.map((owner) => owner.id);
  return {
    patch,
    site: { layer, site, patch: id, from, edits, before: columnsBefore(binding), rank, error },
  };
};

/**
 * Makes one patch of all low-rank patches of each linear layer, of a rank as `compression` says: the singular value
 * decomposition of their summed products, cut off. The one patch carries the edits of all. Its id names the block, so
 * that sites which carry the very same edits stay one group. A patch alone at its site keeps its id. Patches of other
 * kinds stay as they are. `onSite` hears of each site done.
 *
 * Errors: `invalid_request` where no patch is low-rank.
 */
export const squashLowRank = (
  patches: readonly Patch[],
  compression: Compression,
  onSite: (done: number, total: number) => void = () => undefined,
): Result<SquashedPatches> => {
  const bindings = composeLowRanks(patches.filter(isLowRank));
  if (bindings.length === 0) return fail(nothingLowRank(patches));
  const replaced = new Set<Patch>(bindings.flatMap(({ owners }) => (owners.length > 1 ? owners : [])));
  const allocate = createIdAllocator(patches.filter((patch) => !replaced.has(patch)).map(({ id }) => id));
  const squashed = new Map<Patch, LowRankPatch>();
  const sites = bindings.map((binding, index) => {
    const { patch, site } = squashSite(binding, compression, allocate);
    squashed.set(binding.owners[0]!, patch);
    onSite(index + 1, bindings.length);
    return site;
  });
  const left = patches.filter((patch) => squashed.has(patch) || !replaced.has(patch));
  return ok({ patches: left.map((patch) => squashed.get(patch) ?? patch), sites });
};
