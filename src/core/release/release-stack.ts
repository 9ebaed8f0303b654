import type { AuditRow } from "./channel.ts";
import { BARE_MODEL, patchSetKey, type ServedPatchSet, samePatchSet } from "./served-patch-set.ts";

/** A move that no rollback has undone, and the patch set that it led to. */
export interface StandingMove {
  readonly row: AuditRow;
  readonly set: ServedPatchSet;
}

/** What a channel's history leaves standing. */
export interface ReleaseStack {
  /** The moves no rollback has undone, oldest first; what the last one led to is served, `none` without any. */
  readonly standing: readonly StandingMove[];
  /** Keys of the patch sets that were rolled back from and not put back on purpose since. */
  readonly withdrawn: ReadonlySet<string>;
}

const without = (withdrawn: ReadonlySet<string>, set: ServedPatchSet): ReadonlySet<string> =>
  new Set([...withdrawn].filter((key) => key !== patchSetKey(set)));

const applyMove = (stack: ReleaseStack, row: AuditRow): ReleaseStack => ({
  standing: [...stack.standing, { row, set: row.to }],
  withdrawn: without(stack.withdrawn, row.to),
});

/** How many of the standing moves a rollback to `to` keeps: down to the newest that led there. -1: none led there. */
const indexOf = (standing: readonly StandingMove[], to: ServedPatchSet): number =>
  standing.slice(0, -1).findLastIndex(({ set }) => samePatchSet(set, to));

/** The standing moves that a rollback to `to` undoes, oldest first; a set that no move led to replaces the last. */
export const undoneBy = (
  { standing }: Pick<ReleaseStack, "standing">,
  to: ServedPatchSet,
): readonly StandingMove[] => {
  const index = indexOf(standing, to);
  return index < 0 && !samePatchSet(to, BARE_MODEL) ? standing.slice(-1) : standing.slice(index + 1);
};

const applyRollback = (stack: ReleaseStack, row: AuditRow): ReleaseStack => {
  const undone = undoneBy(stack, row.to);
  const kept = stack.standing.slice(0, stack.standing.length - undone.length);
  const back = samePatchSet(kept.at(-1)?.set ?? BARE_MODEL, row.to);
  const gone = undone.filter(({ set }) => !samePatchSet(set, BARE_MODEL)).map(({ set }) => patchSetKey(set));
  return {
    standing: back ? kept : [...kept, { row, set: row.to }],
    withdrawn: without(new Set([...stack.withdrawn, ...gone]), row.to),
  };
};

/** Replays the history of a channel, oldest row first. */
export const replayHistory = (history: readonly AuditRow[]): ReleaseStack =>
  history.reduce<ReleaseStack>(
    (stack, row) => (row.action === "rollback" ? applyRollback(stack, row) : applyMove(stack, row)),
    { standing: [], withdrawn: new Set() },
  );
