import { blobDigests, type Manifest } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { PatchRecord } from "../patch/patch.ts";
import { catalogPatches, type PatchCatalog } from "./patch-catalog.ts";

/** What becomes of a channel's hotfixes and disabled patches when another bundle is released on it. */
export interface CarriedOver {
  /** Stay live on top of the new bundle. */
  readonly hotfixes: readonly Digest[];
  /** Stay off. */
  readonly disabled: readonly string[];
  /** Left the list: the new bundle contains their patches, blob for blob. */
  readonly absorbed: readonly Digest[];
  /** Left the list: the new bundle corrects under the same ids, by other patches. */
  readonly replaced: readonly Digest[];
  /** Were off and are no longer: the new bundle does not hold the patch, or holds another under its id. */
  readonly forgotten: readonly string[];
}

/** Nothing was live besides the bundle. */
export const NOTHING_CARRIED: CarriedOver = {
  hotfixes: [],
  disabled: [],
  absorbed: [],
  replaced: [],
  forgotten: [],
};

type Fate = "hotfixes" | "absorbed" | "replaced";

/** Whether two records name the same tensors: blob for blob, those of a codebook's values too. */
const sameContent = (left: PatchRecord, right: PatchRecord | undefined): boolean => {
  const digestsOf = (record: PatchRecord) => blobDigests({ patches: [record] }).join(" ");
  return right !== undefined && digestsOf(left) === digestsOf(right);
};

const fateOf = (patches: readonly PatchRecord[], held: ReadonlyMap<string, PatchRecord>): Fate => {
  if (patches.some(({ id }) => !held.has(id))) return "hotfixes";
  return patches.every((patch) => sameContent(patch, held.get(patch.id))) ? "absorbed" : "replaced";
};

/**
 * Carries a channel's hotfixes and disabled patches over to the bundle `after`; null is `none`, on which nothing
 * stays, as the bare model was asked for.
 *
 * A hotfix is absorbed where the bundle contains each of its patches: the same id and the same blob. Where it holds
 * all the ids and not all the blobs it corrects the same anew, and replaces the hotfix: an id means one patch. Every
 * other hotfix stays live. A disabled patch stays disabled where the same patch, id and blob, is still there.
 */
export const carryOver = (before: PatchCatalog, after: Manifest | null): CarriedOver => {
  const off = [...before.patches.values()].filter(({ enabled }) => !enabled);
  const hotfixes = before.sources.flatMap(({ hotfix, manifest }) =>
    hotfix === null ? [] : [{ hotfix, manifest }],
  );
  if (after === null)
    return {
      ...NOTHING_CARRIED,
      replaced: hotfixes.map(({ hotfix }) => hotfix),
      forgotten: off.map(({ record }) => record.id),
    };
  const held = new Map(after.patches.map((record) => [record.id, record]));
  const fates = hotfixes.map(({ hotfix, manifest }) => ({ hotfix, fate: fateOf(manifest.patches, held) }));
  const ofFate = (wanted: Fate) => fates.filter(({ fate }) => fate === wanted).map(({ hotfix }) => hotfix);
  const staying = hotfixes.filter((_, index) => fates[index]!.fate === "hotfixes");
  const then = catalogPatches([{ hotfix: null, manifest: after }, ...staying], []);
  const stays = (record: PatchRecord) => sameContent(record, then.patches.get(record.id)?.record);
  const ids = (records: readonly PatchRecord[]) => records.map(({ id }) => id).sort();
  return {
    hotfixes: ofFate("hotfixes"),
    disabled: ids(off.map(({ record }) => record).filter(stays)),
    absorbed: ofFate("absorbed"),
    replaced: ofFate("replaced"),
    forgotten: ids(off.map(({ record }) => record).filter((record) => !stays(record))),
  };
};
