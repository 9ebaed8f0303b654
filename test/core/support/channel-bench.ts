import type { Digest } from "../../../src/core/digest.ts";
import type { CarriedOver } from "../../../src/core/release/carry-over.ts";
import {
  type AuditRow,
  type ChannelState,
  type MoveAction,
  type PlannedMove,
  servedBy,
  unreleasedChannel,
} from "../../../src/core/release/channel.ts";
import { planMove } from "../../../src/core/release/plan-move.ts";
import { planRelease } from "../../../src/core/release/plan-release.ts";
import { planRollback } from "../../../src/core/release/plan-rollback.ts";
import {
  type ReleaseTarget,
  type ServedPatchSet,
  setOfTarget,
} from "../../../src/core/release/served-patch-set.ts";
import type { Result } from "../../../src/core/result.ts";

/** The bundle published as `version`; 0 stands for `none`. */
export const targetOf = (version: number): ReleaseTarget | null =>
  version === 0 ? null : { version, bundle: `sha256:${String(version).padStart(64, "0")}` as Digest };

/** The set that is the bundle published as `version` and nothing else. */
export const setOf = (version: number): ServedPatchSet => setOfTarget(targetOf(version));

/** A channel that takes every move planned on it, as a store would. */
export class ChannelBench {
  channel: ChannelState = unreleasedChannel("world", "stable");
  history: AuditRow[] = [];

  private commit(planned: Result<PlannedMove>): Result<PlannedMove> {
    if (planned.ok) {
      this.channel = planned.value.after;
      this.history = [...this.history, planned.value.audit];
    }
    return planned;
  }

  private context() {
    return { channel: this.channel, message: "why", actor: "operator", at: "2026-01-01T00:00:00.000Z" };
  }

  /** The version served; 0 for `none`. */
  get served(): number {
    return this.channel.target?.version ?? 0;
  }

  /** What is served, whole. */
  get set(): ServedPatchSet {
    return servedBy(this.channel);
  }

  async release(version: number, carried?: CarriedOver): Promise<Result<PlannedMove>> {
    return this.commit(await planRelease(this.context(), targetOf(version), carried));
  }

  /** Any move that changes hotfixes or disabled patches. */
  async change(
    action: MoveAction,
    change: Partial<Omit<ServedPatchSet, "target">>,
    summary: string = action,
  ): Promise<Result<PlannedMove>> {
    return this.commit(await planMove(this.context(), action, { ...this.set, ...change }, summary));
  }

  async rollback(to?: number): Promise<Result<PlannedMove>> {
    const target = to === undefined ? undefined : targetOf(to);
    return this.commit(await planRollback(this.context(), this.history, target));
  }
}
