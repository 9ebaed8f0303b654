import { describe, expect, it } from "vitest";
import { auditHash } from "../../../src/core/release/audit-hash.ts";
import type { AuditRow } from "../../../src/core/release/channel.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import { ChannelBench, setOf } from "../support/channel-bench.ts";

const threeMoves = async (): Promise<ChannelBench> => {
  const bench = new ChannelBench();
  await bench.release(1);
  await bench.release(2);
  await bench.rollback();
  return bench;
};

describe("verifyAudit", () => {
  it("hashes a row as documented, the same on every machine", async () => {
    const bench = new ChannelBench();
    await bench.release(1);
    const text =
      '{"action":"release","actor":"operator","at":"2026-01-01T00:00:00.000Z","channel":"stable","from":null,' +
      '"message":"why","model":"world","previousHash":null,"sequence":1,"summary":"none -> version 1","to":{"bundle":' +
      `"sha256:${"1".padStart(64, "0")}","version":1}}`;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    expect(bench.history[0]!.hash).toBe(`sha256:${Buffer.from(hash).toString("hex")}`);
  });

  it("hashes a row from before there were hotfixes and summaries as it was hashed then", async () => {
    const bench = new ChannelBench();
    await bench.release(1);
    const { hash: _, ...row } = bench.history[0]!;
    const text =
      '{"action":"release","actor":"operator","at":"2026-01-01T00:00:00.000Z","channel":"stable","from":null,' +
      '"message":"why","model":"world","previousHash":null,"sequence":1,"to":{"bundle":' +
      `"sha256:${"1".padStart(64, "0")}","version":1}}`;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    expect(await auditHash({ ...row, summary: null })).toBe(`sha256:${Buffer.from(hash).toString("hex")}`);
  });

  it("passes a whole history, and an empty one", async () => {
    const bench = await threeMoves();
    expect(await verifyAudit(bench.history, bench.channel)).toEqual({ ok: true, value: 3 });
    expect(await verifyAudit([], new ChannelBench().channel)).toEqual({ ok: true, value: 0 });
  });

  it.each<[string, Partial<AuditRow>]>([
    ["message", { message: "other" }],
    ["actor", { actor: "nobody" }],
    ["time", { at: "2027-01-01T00:00:00.000Z" }],
    ["action", { action: "rollback" }],
    ["target", { to: setOf(9) }],
    ["list of hotfixes", { to: { ...setOf(2), hotfixes: [setOf(7).target!.bundle] } }],
    ["list of disabled patches", { to: { ...setOf(2), disabled: ["p"] } }],
    ["summary", { summary: "nothing" }],
    ["model", { model: "moon" }],
  ])("finds a changed %s", async (_, change) => {
    const { history, channel } = await threeMoves();
    const changed = history.map((row, index) => (index === 1 ? { ...row, ...change } : row));
    expect(await verifyAudit(changed, channel)).toMatchObject({
      problem: { code: "corrupt_store", detail: { sequence: 2 } },
    });
  });

  it("finds a row changed together with its own hash, at the row after it", async () => {
    const { history, channel } = await threeMoves();
    const forged = { ...history[1]!, message: "other" };
    const rehashed = { ...forged, hash: await auditHash(forged) };
    expect(await verifyAudit([history[0]!, rehashed, history[2]!], channel)).toMatchObject({
      problem: { detail: { sequence: 3 } },
    });
  });

  it("finds rows left out at the start, in the middle and at the end", async () => {
    const { history, channel } = await threeMoves();
    for (const left of [0, 1, 2]) {
      const rest = history.filter((_, index) => index !== left);
      expect(await verifyAudit(rest, channel)).toMatchObject({ problem: { code: "corrupt_store" } });
    }
    expect(await verifyAudit([], channel)).toMatchObject({ problem: { code: "corrupt_store" } });
  });
});
