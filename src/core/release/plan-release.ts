import type { Result } from "../result.ts";
import type { PlannedMove, ReleaseTarget } from "./channel.ts";
import type { MoveContext } from "./plan-move.ts";
import { planMove } from "./plan-move.ts";

/**
 * Plans the release of `target` on a channel; null releases `none`, the bare model.
 * Errors: `already_released`, `sequence_conflict`, `invalid_request`.
 */
export const planRelease = (
  context: MoveContext,
  target: ReleaseTarget | null,
): Promise<Result<PlannedMove>> => planMove(context, "release", target);
