import type { Manifest } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { Result } from "../result.ts";
import type { PlannedMove } from "./channel.ts";
import type { PatchCatalog } from "./patch-catalog.ts";
import type { MoveContext } from "./plan-move.ts";
/** A hotfix to put live: its manifest, already verified, and the patches that it supersedes. */
export interface HotfixToPlan {
    readonly id: Digest;
    readonly manifest: Manifest;
    /** Ids of patches of the channel that the hotfix corrects again, to be disabled in the same move. */
    readonly disable: readonly string[];
}
/**
 * Plans a hotfix: its patches on top of what the channel serves, and what they supersede disabled, in one move.
 * Null where the hotfix is live already, with all of that disabled.
 *
 * Errors: `limit_exceeded` past `CHANNEL_MAX_HOTFIXES` or `CHANNEL_MAX_DISABLED`, `edit_conflict` where a patch's id
 * is taken, `unknown_patch`, `malformed_manifest`; those of `planMove`.
 */
export declare const planHotfix: (context: MoveContext, catalog: PatchCatalog, hotfix: HotfixToPlan) => Promise<Result<PlannedMove | null>>;
