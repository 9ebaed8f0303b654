import type { Digest } from "../../../src/core/digest.ts";
import type {
  AuditRow,
  ChannelState,
  PlannedMove,
  ReleaseTarget,
} from "../../../src/core/release/channel.ts";
import { unreleasedChannel } from "../../../src/core/release/channel.ts";
import { planRelease } from "../../../src/core/release/plan-release.ts";
import { planRollback } from "../../../src/core/release/plan-rollback.ts";
import type { Result } from "../../../src/core/result.ts";

/** The bundle published as `version`; 0 stands for `none`. */
export const targetOf = (version: number): ReleaseTarget | null =>
  version === 0 ? null : { version, bundle: `sha256:${String(version).padStart(64, "0")}` as Digest };

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

  async release(version: number): Promise<Result<PlannedMove>> {
    return this.commit(await planRelease(this.context(), targetOf(version)));
  }

  async rollback(to?: number): Promise<Result<PlannedMove>> {
    const target = to === undefined ? undefined : targetOf(to);
    return this.commit(await planRollback(this.context(), this.history, target));
  }
}
