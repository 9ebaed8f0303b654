import type { Result } from "../result.ts";
import type { CarriedOver } from "./carry-over.ts";
import type { PlannedMove } from "./channel.ts";
import type { MoveContext } from "./plan-move.ts";
import type { ReleaseTarget } from "./served-patch-set.ts";
/**
 * Plans the release of `target` on a channel; null releases `none`, the bare model.
 *
 * @param carried what becomes of the channel's hotfixes and disabled patches, by `carryOver`
 *
 * Errors: `already_released`, `sequence_conflict`, `invalid_request`.
 */
export declare const planRelease: (context: MoveContext, target: ReleaseTarget | null, carried?: CarriedOver) => Promise<Result<PlannedMove>>;
