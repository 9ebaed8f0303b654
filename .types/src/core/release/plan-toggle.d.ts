import type { Result } from "../result.ts";
import type { PlannedMove } from "./channel.ts";
import type { CatalogPatch, PatchCatalog } from "./patch-catalog.ts";
import type { MoveContext } from "./plan-move.ts";
/** The patches of these ids. Errors: `unknown_patch`, with the ids that are nearest to the first unknown one. */
export declare const findPatches: (channel: string, { patches }: PatchCatalog, ids: readonly string[]) => Result<readonly CatalogPatch[]>;
/** Errors: `limit_exceeded` where more than `CHANNEL_MAX_DISABLED` patches would be off. */
export declare const checkDisabledCount: (channel: string, disabled: readonly string[]) => Result<true>;
/**
 * Plans to disable or to enable one patch of a live channel, with all that were solved with it; null where they are
 * so already.
 * Errors: `unknown_patch` with near ids, `limit_exceeded`; those of `planMove`.
 */
export declare const planToggle: (context: MoveContext, catalog: PatchCatalog, id: string, action: "disable" | "enable") => Promise<Result<PlannedMove | null>>;
