import { describe, expect, it } from "vitest";
import { type ChannelState, unreleasedChannel } from "../../../src/core/release/channel.ts";
import { planRelease } from "../../../src/core/release/plan-release.ts";
import type { ReleaseTarget } from "../../../src/core/release/served-patch-set.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import { type OpenStores, publishSamples, time } from "./fixtures.ts";

const plan = async (channel: ChannelState, target: ReleaseTarget | null, message: string) => {
  const move = await planRelease({ channel, message, actor: "operator", at: time(1) }, target);
  if (!move.ok) throw new Error(move.problem.message);
  return move.value;
};

const openWithTargets = async (open: OpenStores) => {
  const stores = await open();
  const bundles = await publishSamples(stores, [1, 2]);
  const targets = bundles.map(({ id }, index): ReleaseTarget => ({ bundle: id, version: index + 1 }));
  return { channels: stores.channels, first: targets[0]!, second: targets[1]! };
};

/** What every ChannelStore keeps to. */
export const channelStoreContract = (open: OpenStores): void => {
  describe("channel store", () => {
    it("knows no channel before its first move", async () => {
      const { channels } = await open();
      expect(await channels.find("sample", "stable")).toMatchObject({ problem: { code: "unknown_channel" } });
      expect(await channels.history("sample", "stable")).toEqual([]);
      expect(await channels.list()).toEqual([]);
    });

    it("commits moves with their audit rows, and the history verifies", async () => {
      const { channels, first, second } = await openWithTargets(open);
      const one = await plan(unreleasedChannel("sample", "stable"), first, "first");
      expect(await channels.commit(one)).toEqual({ ok: true, value: one.after });
      const two = await plan(one.after, second, "second");
      await channels.commit(two);
      const three = await plan(two.after, null, "the bare model");
      await channels.commit(three);
      expect(await channels.find("sample", "stable")).toEqual({ ok: true, value: three.after });
      const history = await channels.history("sample", "stable");
      expect(history).toEqual([one.audit, two.audit, three.audit]);
      expect(await verifyAudit(history, three.after)).toEqual({ ok: true, value: 3 });
    });

    it.each([0, 1])("lets exactly one of 12 racing moves win at sequence %i", async (sequence) => {
      const { channels, first, second } = await openWithTargets(open);
      let before = unreleasedChannel("sample", "stable");
      if (sequence === 1) {
        const move = await plan(before, first, "ground");
        await channels.commit(move);
        before = move.after;
      }
      const moves = await Promise.all(
        Array.from({ length: 12 }, (_, index) => plan(before, second, `racer ${index}`)),
      );
      const results = await Promise.all(moves.map((move) => channels.commit(move)));
      const winners = moves.filter((_, index) => results[index]!.ok);
      expect(winners).toHaveLength(1);
      const losers = results.filter((result) => !result.ok).map(({ problem }) => problem);
      expect(losers.map(({ code, detail }) => [code, detail])).toEqual(
        Array.from({ length: 11 }, () => ["sequence_conflict", { sequence: sequence + 1 }]),
      );
      expect(await channels.find("sample", "stable")).toEqual({ ok: true, value: winners[0]!.after });
      const history = await channels.history("sample", "stable");
      expect(history).toHaveLength(sequence + 1);
      expect(history.at(-1)).toEqual(winners[0]!.audit);
    });

    it("takes the very same move once", async () => {
      const { channels, first } = await openWithTargets(open);
      const move = await plan(unreleasedChannel("sample", "stable"), first, "once");
      const results = await Promise.all([channels.commit(move), channels.commit(move)]);
      expect(results.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
      expect(await channels.history("sample", "stable")).toEqual([move.audit]);
    });

    it("refuses a move planned on an older state, and on a channel that never was there", async () => {
      const { channels, first, second } = await openWithTargets(open);
      const one = await plan(unreleasedChannel("sample", "stable"), first, "one");
      const elsewhere = await plan({ ...one.after, channel: "canary" }, second, "out of nothing");
      expect(await channels.commit(elsewhere)).toMatchObject({
        ok: false,
        problem: { code: "sequence_conflict", detail: { sequence: 0 } },
      });
      await channels.commit(one);
      const two = await plan(one.after, second, "two");
      await channels.commit(two);
      const stale = await plan(one.after, null, "stale");
      expect(await channels.commit(stale)).toMatchObject({
        ok: false,
        problem: { code: "sequence_conflict", detail: { sequence: 2 } },
      });
      expect(await channels.find("sample", "stable")).toEqual({ ok: true, value: two.after });
      expect(await channels.history("sample", "stable")).toEqual([one.audit, two.audit]);
    });

    it("keeps channels apart and lists them by name", async () => {
      const { channels, first, second } = await openWithTargets(open);
      await channels.commit(await plan(unreleasedChannel("sample", "stable"), first, ""));
      await channels.commit(await plan(unreleasedChannel("sample", "canary"), second, ""));
      const named = (states: readonly ChannelState[]) =>
        states.map(({ channel, target }) => [channel, target?.version]);
      expect(named(await channels.list())).toEqual([
        ["canary", 2],
        ["stable", 1],
      ]);
      expect(named(await channels.list("sample"))).toHaveLength(2);
      expect(await channels.list("other")).toEqual([]);
    });
  });
};
