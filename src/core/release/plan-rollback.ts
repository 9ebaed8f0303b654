import type { Problem } from "../problem.ts";
import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import type { AuditRow, ChannelState, PlannedMove, ReleaseTarget } from "./channel.ts";
import type { MoveContext } from "./plan-move.ts";
import { planMove, sameTarget } from "./plan-move.ts";
import { replayHistory } from "./release-stack.ts";

/**
 * Where a plain rollback goes: what was served before the release it undoes. A second one goes one release
 * further back. A version that was rolled back from is passed over until somebody releases it anew; before the
 * first release stands `none`.
 */
const targetBefore = (
  history: readonly AuditRow[],
  current: ReleaseTarget | null,
  channel: string,
): Result<ReleaseTarget | null> => {
  const { standing, withdrawn } = replayHistory(history);
  const candidates = [null, ...standing.slice(0, -1)].filter(
    (target) => !sameTarget(target, current) && (target === null || !withdrawn.has(target.bundle)),
  );
  const target = standing.length === 0 ? undefined : candidates.at(-1);
  if (target !== undefined) return ok(target);
  return fail(
    problem(
      "nothing_to_roll_back",
      `Channel "${channel}" has no release left to undo. Name a version with --to, or release one.`,
      { param: "channel" },
    ),
  );
};

const movedMeanwhile = ({ channel, sequence }: ChannelState, moves: number): Problem =>
  problem(
    "sequence_conflict",
    `Channel "${channel}" was read at sequence ${sequence}, its history has ${moves} moves: it moved meanwhile. ` +
      "Look at its history, then try again.",
    { detail: { sequence: moves } },
  );

/**
 * Plans a rollback: a new, higher sequence that restores an older state. Without `to` it undoes the newest
 * standing release; `to` names any version, or null for `none`. `history` is the channel's whole audit, oldest
 * first, read after the channel was; where it has other moves than the channel counts, somebody moved in between.
 *
 * Errors: `nothing_to_roll_back`, `already_released` (to what is served now), `sequence_conflict`,
 * `invalid_request`.
 */
export const planRollback = async (
  context: MoveContext,
  history: readonly AuditRow[],
  to?: ReleaseTarget | null,
): Promise<Result<PlannedMove>> => {
  const { channel } = context;
  if (history.length !== channel.sequence) return fail(movedMeanwhile(channel, history.length));
  const target = to === undefined ? targetBefore(history, channel.target, channel.channel) : ok(to);
  return target.ok ? planMove(context, "rollback", target.value) : target;
};
