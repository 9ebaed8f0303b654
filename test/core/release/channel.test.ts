import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChannelName } from "../../../src/core/release/channel.ts";

describe("parseChannelName", () => {
  it.each(["stable", "canary", "team-a.blue_2", "v", "a".repeat(63)])("takes %s", (name) => {
    expect(parseChannelName(name)).toEqual({ ok: true, value: name });
  });

  it.each([
    "",
    "none",
    "3",
    "v3",
    "v1.2",
    "1.0.0",
    `sha256:${"0".repeat(64)}`,
    "sha256-abc",
    "Stable",
    "a b",
    "a/b",
    "a@b",
    "-a",
    "a".repeat(64),
  ])("refuses %j", (name) => {
    expect(parseChannelName(name)).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "channel" },
    });
  });

  it("takes no name that reads as a number", () => {
    fc.assert(
      fc.property(fc.nat(), (version) => {
        expect(parseChannelName(String(version)).ok).toBe(false);
        expect(parseChannelName(`v${version}`).ok).toBe(false);
      }),
    );
  });
});
