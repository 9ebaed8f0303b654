import type { Manifest } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { PatchCatalog } from "./patch-catalog.ts";
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
export declare const NOTHING_CARRIED: CarriedOver;
/**
 * Carries a channel's hotfixes and disabled patches over to the bundle `after`; null is `none`, on which nothing
 * stays, as the bare model was asked for.
 *
 * A hotfix is absorbed where the bundle contains each of its patches: the same id and the same blob. Where it holds
 * all the ids and not all the blobs it corrects the same anew, and replaces the hotfix: an id means one patch. Every
 * other hotfix stays live. A disabled patch stays disabled where the same patch, id and blob, is still there.
 */
export declare const carryOver: (before: PatchCatalog, after: Manifest | null) => CarriedOver;
