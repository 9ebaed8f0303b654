import { describe, expect, it } from "vitest";
import { digestOfText } from "../../../src/core/digest.ts";
import type { TokenRecord } from "../../../src/store/ports.ts";
import { type OpenStores, time } from "./fixtures.ts";

const token = (id: string, second: number): TokenRecord => ({
  id,
  name: `token ${id}`,
  scopes: ["infer", "release:rollback"],
  createdAt: time(second),
  revokedAt: null,
});

/** What every TokenStore keeps to. */
export const tokenStoreContract = (open: OpenStores): void => {
  describe("token store", () => {
    it("finds a live token by its hash only", async () => {
      const { tokens } = await open();
      await tokens.create(token("a", 1), await digestOfText("secret"));
      expect(await tokens.authenticate(await digestOfText("secret"))).toEqual({
        ok: true,
        value: token("a", 1),
      });
      expect(await tokens.authenticate(await digestOfText("guess"))).toMatchObject({
        problem: { code: "unknown_token" },
      });
    });

    it("refuses a revoked token and keeps the first time of its revocation", async () => {
      const { tokens } = await open();
      const hash = await digestOfText("secret");
      await tokens.create(token("a", 1), hash);
      const revoked = { ...token("a", 1), revokedAt: time(5) };
      expect(await tokens.revoke("a", time(5))).toEqual({ ok: true, value: revoked });
      expect(await tokens.revoke("a", time(9))).toEqual({ ok: true, value: revoked });
      expect(await tokens.authenticate(hash)).toMatchObject({ problem: { code: "unknown_token" } });
      expect(await tokens.revoke("b", time(5))).toMatchObject({ problem: { code: "unknown_token" } });
    });

    it("lists every token, oldest first, without hashes", async () => {
      const { tokens } = await open();
      await tokens.create(token("late", 2), await digestOfText("one"));
      await tokens.create(token("early", 1), await digestOfText("two"));
      expect(await tokens.list()).toEqual([token("early", 1), token("late", 2)]);
    });

    it("throws on an id or a hash that is taken, and keeps the first", async () => {
      const { tokens } = await open();
      const hash = await digestOfText("secret");
      await tokens.create(token("a", 1), hash);
      await expect(tokens.create(token("a", 2), await digestOfText("other"))).rejects.toThrow();
      await expect(tokens.create(token("b", 2), hash)).rejects.toThrow();
      expect(await tokens.list()).toEqual([token("a", 1)]);
    });
  });
};
