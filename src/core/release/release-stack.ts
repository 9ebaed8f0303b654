import type { Digest } from "../digest.ts";
import type { AuditRow, ReleaseTarget } from "./channel.ts";
import { sameTarget } from "./plan-move.ts";

/** What a channel's history leaves standing. */
export interface ReleaseStack {
  /** The releases no rollback has undone, oldest first; the last one is served, `none` where there is none. */
  readonly standing: readonly (ReleaseTarget | null)[];
  /** Bundles that were rolled back from and not put back on purpose since. */
  readonly withdrawn: ReadonlySet<Digest>;
}

const applyRelease = (stack: ReleaseStack, to: ReleaseTarget | null): ReleaseStack => ({
  standing: [...stack.standing, to],
  withdrawn: without(stack.withdrawn, to),
});

const without = (bundles: ReadonlySet<Digest>, target: ReleaseTarget | null): ReadonlySet<Digest> =>
  new Set([...bundles].filter((bundle) => bundle !== target?.bundle));

/** A rollback undoes releases down to the newest one of `to`; where there is none, `to` replaces the last one. */
const applyRollback = (stack: ReleaseStack, to: ReleaseTarget | null): ReleaseStack => {
  const earlier = stack.standing.slice(0, -1);
  const index = earlier.findLastIndex((target) => sameTarget(target, to));
  const standing = index >= 0 ? earlier.slice(0, index + 1) : to === null ? [] : [...earlier, to];
  const undone = stack.standing.slice(index >= 0 || to === null ? index + 1 : -1);
  const withdrawn = new Set([...stack.withdrawn, ...undone.flatMap((target) => target?.bundle ?? [])]);
  return { standing, withdrawn: without(withdrawn, to) };
};

/** Replays the history of a channel, oldest row first. */
export const replayHistory = (history: readonly AuditRow[]): ReleaseStack =>
  history.reduce<ReleaseStack>(
    (stack, { action, to }) => (action === "release" ? applyRelease(stack, to) : applyRollback(stack, to)),
    { standing: [], withdrawn: new Set() },
  );
