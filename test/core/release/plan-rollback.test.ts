import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOTHING_CARRIED } from "../../../src/core/release/carry-over.ts";
import { planRelease } from "../../../src/core/release/plan-release.ts";
import { planRollback } from "../../../src/core/release/plan-rollback.ts";
import { patchSetDigest } from "../../../src/core/release/served-patch-set.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import { ChannelBench, setOf, targetOf } from "../support/channel-bench.ts";
import { digestNumber } from "../support/sample-catalog.ts";

/** Plays moves like `1 2 <` (release 1, release 2, roll back) or `<3` (roll back to 3); gives what is served. */
const play = async (moves: string): Promise<{ readonly served: number[]; readonly bench: ChannelBench }> => {
  const bench = new ChannelBench();
  const served: number[] = [];
  for (const move of moves.split(" ")) {
    const [back, version] = [move.startsWith("<"), move.replace("<", "")];
    const to = version === "" ? undefined : Number(version);
    const planned = back ? await bench.rollback(to) : await bench.release(to!);
    if (!planned.ok) throw new Error(`${move}: ${planned.problem.code}`);
    served.push(bench.served);
  }
  return { served, bench };
};

describe("planRelease", () => {
  it("moves to the next sequence and chains the audit row", async () => {
    const bench = new ChannelBench();
    await bench.release(1);
    const second = await bench.release(2);
    expect(second).toMatchObject({
      ok: true,
      value: {
        before: { sequence: 1, target: targetOf(1) },
        after: { sequence: 2, target: targetOf(2), updatedAt: "2026-01-01T00:00:00.000Z" },
        audit: {
          sequence: 2,
          action: "release",
          from: setOf(1),
          to: setOf(2),
          summary: "version 1 -> version 2",
          previousHash: bench.history[0]!.hash,
        },
      },
    });
    expect(bench.history[0]!.previousHash).toBeNull();
    expect(bench.channel.auditHash).toBe(bench.history[1]!.hash);
  });

  it("refuses to release what is served, none on a fresh channel included", async () => {
    const bench = new ChannelBench();
    expect(await bench.release(0)).toMatchObject({ problem: { code: "already_released" } });
    await bench.release(1);
    expect(await bench.release(1)).toMatchObject({
      problem: { code: "already_released", detail: { sequence: 1 } },
    });
  });

  it("refuses where the caller looked at another sequence, telling the one that is", async () => {
    const { bench } = await play("1 2");
    const context = { channel: bench.channel, message: "", actor: "a", at: "2026-01-01T00:00:00.000Z" };
    expect(await planRelease({ ...context, expectedSequence: 1 }, null)).toMatchObject({
      problem: { code: "sequence_conflict", detail: { sequence: 2 } },
    });
    expect(await planRelease({ ...context, expectedSequence: 2 }, null)).toMatchObject({ ok: true });
  });

  it("takes a message up to 1,000 characters, of whole characters", async () => {
    const { bench } = await play("1");
    const context = { channel: bench.channel, actor: "a", at: "2026-01-01T00:00:00.000Z" };
    expect(await planRelease({ ...context, message: "m".repeat(1_000) }, null)).toMatchObject({ ok: true });
    for (const message of ["m".repeat(1_001), "\ud800"])
      expect(await planRelease({ ...context, message }, null)).toMatchObject({
        problem: { code: "invalid_request", param: "message" },
      });
  });
});

describe("planRollback", () => {
  it.each([
    ["the first release goes back to none", "1 <", 0],
    ["the second release goes back to the first", "1 2 <", 1],
    ["a second rollback goes one further back, not forward again", "1 2 3 < <", 1],
    ["a third one reaches none", "1 2 3 < < <", 0],
    ["after a new release, back to what was before it", "1 2 < 3 <", 1],
    ["a version released anew counts again", "1 2 < 2 3 <", 2],
    ["a version that was rolled back from is passed over", "1 2 1 < <", 0],
    ["past such a version to one before it", "3 1 2 1 < <", 3],
    ["a release of none is undone like any other", "1 0 <", 1],
    ["a release of none is gone back to like any other", "1 0 2 <", 0],
    ["and further back from there", "1 0 2 < <", 1],
    ["to a named version", "1 2 3 <1", 1],
    ["to a named version, then one further back", "1 2 3 4 <2 <", 1],
    ["to a version never released, then to what was before the release undone", "1 2 3 <7 <", 2],
    ["to none by name", "1 2 <0", 0],
    ["to a withdrawn version by name, which then counts again", "1 2 < <2 3 <", 2],
  ])("%s: %s", async (_, moves, expected) => {
    const { served } = await play(moves);
    expect(served.at(-1)).toBe(expected);
  });

  it("is a new, higher sequence each time", async () => {
    const { bench } = await play("1 2 3 < <");
    expect(bench.history.map(({ sequence, action }) => [sequence, action])).toEqual([
      [1, "release"],
      [2, "release"],
      [3, "release"],
      [4, "rollback"],
      [5, "rollback"],
    ]);
  });

  it.each(["1 <", "1 2 < <", "1 2 <0", "1 0 1 <"])("has nothing to undo after %s", async (moves) => {
    const { bench } = await play(moves);
    expect(await bench.rollback()).toMatchObject({ ok: false, problem: { code: "nothing_to_roll_back" } });
  });

  it("has nothing to undo on a fresh channel", async () => {
    expect(await new ChannelBench().rollback()).toMatchObject({ problem: { code: "nothing_to_roll_back" } });
  });

  it("refuses to go to what is served", async () => {
    const { bench } = await play("1 2");
    expect(await bench.rollback(2)).toMatchObject({ problem: { code: "already_released" } });
  });

  it("refuses a history that is not the channel's, for then somebody moved in between", async () => {
    const { bench } = await play("1 2");
    const context = { channel: bench.channel, message: "", actor: "a", at: "2026-01-01T00:00:00.000Z" };
    expect(await planRollback(context, bench.history.slice(1))).toMatchObject({
      problem: { code: "sequence_conflict" },
    });
  });

  it("restores the whole patch set from before a hotfix, a disable and an enable, and says what it undid", async () => {
    const { bench } = await play("1");
    const fix = digestNumber(70);
    await bench.change("hotfix", { hotfixes: [fix], disabled: ["old"] }, "hotfix adds new");
    await bench.change("disable", { disabled: ["new", "old"] }, "disabled patch new");
    await bench.release(2, { ...NOTHING_CARRIED, hotfixes: [fix], disabled: ["old"] });
    const sets = [];
    const words = [];
    for (let planned = await bench.rollback(); planned.ok; planned = await bench.rollback()) {
      sets.push(bench.set);
      words.push(planned.value.audit.summary);
    }
    expect(sets).toEqual([
      { target: targetOf(1), hotfixes: [fix], disabled: ["new", "old"] },
      { target: targetOf(1), hotfixes: [fix], disabled: ["old"] },
      setOf(1),
      setOf(0),
    ]);
    expect(words).toEqual([
      expect.stringMatching(
        /^undid the release of sequence 4 \(.*\): back to version 1 with 1 hotfix without 2 patches$/,
      ),
      "undid the disable of sequence 3 (disabled patch new): back to version 1 with 1 hotfix without 1 patch",
      "undid the hotfix of sequence 2 (hotfix adds new): back to version 1",
      "undid the release of sequence 1 (none -> version 1): back to none",
    ]);
  });

  it("serves a version named by --to without hotfixes, and undoes that by the next", async () => {
    const { bench } = await play("1 2");
    await bench.change("hotfix", { hotfixes: [digestNumber(70)] });
    await bench.rollback(1);
    expect(bench.set).toEqual(setOf(1));
    expect(bench.history.at(-1)?.summary).toMatch(
      /^undid the hotfix of sequence 3 \(.*\), the release of sequence 2 /,
    );
    await bench.rollback();
    expect(bench.set).toEqual(setOf(0));
  });

  it("agrees with a plain stack of patch sets, over any sequence of distinct moves and rollbacks", async () => {
    const kinds = fc.constantFrom("release", "hotfix", "disable", "rollback");
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { maxLength: 20 }), async (moves) => {
        const bench = new ChannelBench();
        const stack = [bench.set];
        for (const [index, kind] of moves.entries()) {
          const { hotfixes, disabled } = bench.set;
          if (kind === "rollback") {
            const planned = await bench.rollback();
            if (stack.length > 1) stack.pop();
            else expect(planned).toMatchObject({ problem: { code: "nothing_to_roll_back" } });
          } else {
            if (kind === "release")
              await bench.release(index + 1, { ...NOTHING_CARRIED, hotfixes, disabled });
            if (kind === "hotfix") await bench.change(kind, { hotfixes: [...hotfixes, digestNumber(index)] });
            if (kind === "disable") await bench.change(kind, { disabled: [...disabled, `p${index}`] });
            stack.push(bench.set);
          }
          expect(bench.set).toEqual(stack.at(-1));
          expect(bench.channel.patchSet).toBe(await patchSetDigest(bench.set));
        }
        expect(await verifyAudit(bench.history, bench.channel)).toMatchObject({ ok: true });
      }),
    );
  });

  it("agrees with a plain stack of releases, over any sequence of distinct releases and rollbacks", async () => {
    const moves = fc.array(fc.boolean(), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const bench = new ChannelBench();
        const stack = [0];
        for (const [index, back] of sequence.entries()) {
          const planned = back ? await bench.rollback() : await bench.release(index + 1);
          if (!back) stack.push(index + 1);
          else if (stack.length > 1) stack.pop();
          else expect(planned).toMatchObject({ problem: { code: "nothing_to_roll_back" } });
          expect(bench.served).toBe(stack.at(-1));
        }
      }),
    );
  });

  it("never returns to a version rolled back from, ends at none, and always leaves a chain that verifies", async () => {
    const move = fc.oneof(
      fc.record({ kind: fc.constant("release" as const), version: fc.nat(4) }),
      fc.record({ kind: fc.constant("to" as const), version: fc.nat(4) }),
      fc.constant({ kind: "rollback" as const, version: 0 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
        const bench = new ChannelBench();
        const badSince = new Set<number>();
        for (const { kind, version } of moves) {
          const before = bench.served;
          const { ok } =
            kind === "release"
              ? await bench.release(version)
              : await bench.rollback(kind === "to" ? version : undefined);
          if (!ok) continue;
          if (kind === "rollback" && bench.served !== 0) expect(badSince).not.toContain(bench.served);
          if (kind !== "release") badSince.add(before);
          if (kind !== "rollback") badSince.delete(bench.served);
        }
        expect(bench.channel.sequence).toBe(bench.history.length);
        for (let left = bench.history.length + 1; (await bench.rollback()).ok; left--)
          expect(left).toBeGreaterThan(0);
        expect(bench.served).toBe(0);
        expect(await verifyAudit(bench.history, bench.channel)).toEqual({
          ok: true,
          value: bench.history.length,
        });
      }),
    );
  });
});
