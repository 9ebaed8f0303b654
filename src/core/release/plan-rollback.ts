import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { AuditRow, ChannelState, PlannedMove } from "./channel.ts";
import { describePatchSet, describeUndone } from "./describe-change.ts";
import { type MoveContext, planMove } from "./plan-move.ts";
import { type ReleaseStack, replayHistory, undoneBy } from "./release-stack.ts";
import {
  BARE_MODEL,
  patchSetKey,
  type ReleaseTarget,
  type ServedPatchSet,
  samePatchSet,
  setOfTarget,
} from "./served-patch-set.ts";

/**
 * Where a plain rollback goes: what was served before the move it undoes. A second one goes one move further
 * back. A patch set that was rolled back from is passed over until somebody puts it back on purpose; before the
 * first move stands `none`.
 */
const setBefore = (
  { standing, withdrawn }: ReleaseStack,
  current: ServedPatchSet,
  channel: string,
): Result<ServedPatchSet> => {
  const candidates = [BARE_MODEL, ...standing.slice(0, -1).map(({ set }) => set)].filter(
    (set) => !samePatchSet(set, current) && !withdrawn.has(patchSetKey(set)),
  );
  const set = standing.length === 0 ? undefined : candidates.at(-1);
  if (set !== undefined) return ok(set);
  return fail(
    problem(
      "nothing_to_roll_back",
      `Channel "${channel}" has no move left to undo. Name a version with --to, or release one.`,
      { param: "channel" },
    ),
  );
};

/** `undid the disable of sequence 3 (…), the release of sequence 2 (…): back to version 1`. */
const summaryOf = (stack: ReleaseStack, to: ServedPatchSet): string => {
  const undone = undoneBy(stack, to)
    .map(({ row }) => describeUndone(row))
    .reverse();
  const words = undone.length > 0 ? `undid ${undone.join(", ")}: ` : "";
  return `${words}back to ${describePatchSet(to)}`;
};

const movedMeanwhile = ({ channel, sequence }: ChannelState, moves: number): Problem =>
  problem(
    "sequence_conflict",
    `Channel "${channel}" was read at sequence ${sequence}, its history has ${moves} moves: it moved meanwhile. ` +
      "Look at its history, then try again.",
    { detail: { sequence: moves } },
  );

/**
 * Plans a rollback: a new, higher sequence that restores an older patch set, whole. Without `to` it undoes the
 * newest standing move: a release, hotfix, disable or enable. `to` names any version, which is then served without
 * hotfixes, or null for `none`. `history` is the channel's whole audit, oldest first, read after the channel was;
 * where it has other moves than the channel counts, somebody moved in between.
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
  const stack = replayHistory(history);
  const set = to === undefined ? setBefore(stack, channel, channel.channel) : ok(setOfTarget(to));
  return set.ok ? planMove(context, "rollback", set.value, summaryOf(stack, set.value)) : set;
};
