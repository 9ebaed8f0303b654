import { describe, expect, it } from "vitest";
import { unreleasedChannel } from "../../../src/core/release/channel.ts";
import { MESSAGE_MAX_LENGTH, planMove } from "../../../src/core/release/plan-move.ts";
import { setOf } from "../support/channel-bench.ts";

const plan = (message: string) => {
  const channel = unreleasedChannel("world", "stable");
  const context = { channel, message, actor: "operator", at: "2026-01-01T00:00:00.000Z" };
  return planMove(context, "release", setOf(1), "none -> version 1");
};

describe("planMove", () => {
  it("takes a message of 1,000 characters and not one more", async () => {
    expect(MESSAGE_MAX_LENGTH).toBe(1_000);
    expect(await plan("x".repeat(1_000))).toMatchObject({
      ok: true,
      value: { audit: { message: "x".repeat(1_000) } },
    });
    expect(await plan("x".repeat(1_001))).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "message" },
    });
  });

  it("refuses half of a surrogate pair, whose bytes could not be hashed back", async () => {
    expect(await plan("\ud83d")).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "message" },
    });
  });
});
