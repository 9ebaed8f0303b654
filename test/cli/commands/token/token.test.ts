import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOfText } from "../../../../src/core/digest.ts";
import { snapshotOf } from "../../../http/support/service.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../../migrations");

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

describe("errata token create", () => {
  it("makes a token that the service accepts from then on, for its scopes only", async () => {
    const { exit, json } = await cli.run(
      "token",
      "create",
      "reader",
      "--scopes",
      "bundle:read,infer",
      "--json",
    );
    expect(exit).toBe(0);
    const { token, scopes } = json() as { token: string; scopes: string[] };
    expect(scopes).toEqual(["bundle:read", "infer"]);
    const environment = { ERRATA_TOKEN: token };
    expect((await cli.runWith({ environment }, "list", "--model", "tiny")).exit).toBe(0);
    const refused = await cli.runWith({ environment }, "token", "list", "--json");
    expect(refused.exit).toBe(3);
    expect(refused.json()).toMatchObject({ error: { code: "forbidden" } });
  });

  it("names the scopes that there are where one is unknown", async () => {
    const { exit, err } = await cli.run("token", "create", "x", "--scopes", "infer,everything");
    expect(exit).toBe(2);
    expect(err).toContain("--scopes: expected scopes separated by commas, out of: infer, bundle:read,");
    expect(cli.requests).toEqual([]);
  });

  it("creates nothing under --dry-run", async () => {
    const before = await snapshotOf(cli.service);
    expect((await cli.run("token", "create", "x", "--dry-run")).out).toBe("would create: x with infer\n");
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("prints a statement that registers the hash in the database as the migrations make it", async () => {
    const { json } = await cli.run("token", "create", "Ann's laptop", "--scopes", "admin", "--sql", "--json");
    const { token, sql } = json() as { token: string; sql: string };
    expect(sql).not.toContain(token);
    expect(cli.requests).toEqual([]);
    const database = new DatabaseSync(":memory:");
    for (const file of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql")))
      database.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
    database.exec(sql);
    const rows = database.prepare("SELECT name, hash, scopes, revoked_at FROM tokens").all();
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { name: "Ann's laptop", hash: await digestOfText(token), scopes: '["admin"]', revoked_at: null },
    ]);
  });
});

describe("errata token revoke", () => {
  const create = async () =>
    (await cli.run("token", "create", "reader", "--json")).json() as { id: string; token: string };

  it("ends the token from the next request on, and the list says so", async () => {
    const { id, token } = await create();
    expect((await cli.run("token", "revoke", id)).out).toBe(`revoked: ${id}\n`);
    const environment = { ERRATA_TOKEN: token };
    const refused = await cli.runWith({ environment }, "ask", "x", "--model", "tiny", "--json");
    expect(refused.exit).toBe(3);
    expect(refused.json()).toMatchObject({ error: { code: "unauthenticated" } });
    expect((await cli.run("token", "list")).out).toMatch(
      new RegExp(`^${id} {2}reader {2}infer .*revoked`, "m"),
    );
  });

  it("changes nothing under --dry-run", async () => {
    const { id } = await create();
    const before = await snapshotOf(cli.service);
    expect((await cli.run("token", "revoke", id, "--dry-run")).out).toBe(`would revoke: reader (${id})\n`);
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("ends with 4 for an id that there is not, dry run or not", async () => {
    expect((await cli.run("token", "revoke", "0000")).exit).toBe(4);
    expect((await cli.run("token", "revoke", "0000", "--dry-run")).exit).toBe(4);
  });
});
