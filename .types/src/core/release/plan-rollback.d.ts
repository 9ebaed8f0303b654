import type { Result } from "../result.ts";
import type { AuditRow, PlannedMove } from "./channel.ts";
import type { MoveContext } from "./plan-move.ts";
import type { ReleaseTarget } from "./served-patch-set.ts";
/**
 * Plans a rollback: a new, higher sequence that restores an older patch set, whole. Without `to` it undoes the
 * newest standing move: a release, hotfix, disable or enable. `to` names any version, which is then served without
 * hotfixes, or null for `none`. `history` is the channel's whole audit, oldest first, read after the channel was;
 * where it has other moves than the channel counts, somebody moved in between.
 *
 * Errors: `nothing_to_roll_back`, `already_released` (to what is served now), `sequence_conflict`,
 * `invalid_request`.
 */
export declare const planRollback: (context: MoveContext, history: readonly AuditRow[], to?: ReleaseTarget | null) => Promise<Result<PlannedMove>>;
