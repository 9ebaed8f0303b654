import { applyD1Migrations, reset } from "cloudflare:test";
import { expect, it } from "vitest";
import { auditHash } from "../../../src/core/release/audit-hash.ts";
import { setOfTarget } from "../../../src/core/release/served-patch-set.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import { createD1Stores } from "../../../src/store/d1/d1-stores.ts";
import { bindings } from "./open-d1.ts";

const BUNDLE = `sha256:${"1".padStart(64, "0")}` as const;
const AT = "2026-01-01T00:00:00.000Z";

/** The one move of a channel as it was written before there were hotfixes. */
const oldRow = {
  model: "world",
  channel: "stable",
  sequence: 1,
  action: "release" as const,
  from: setOfTarget(null),
  to: setOfTarget({ bundle: BUNDLE, version: 1 }),
  summary: null,
  message: "why",
  actor: "operator",
  at: AT,
  previousHash: null,
};

it("takes a database from before there were hotfixes along, its channels and its audit chain whole", async () => {
  await reset();
  const { DB, BLOBS, TEST_MIGRATIONS } = bindings;
  await applyD1Migrations(DB, TEST_MIGRATIONS.slice(0, 2));
  const hash = await auditHash(oldRow);
  await DB.batch([
    DB.prepare("INSERT INTO models VALUES ('world', 'd', '{}', ?)").bind(AT),
    DB.prepare("INSERT INTO blobs VALUES (?, 1, 'AA==')").bind(BUNDLE),
    DB.prepare(
      "INSERT INTO bundles VALUES (?, 'world', 1, 'grace', 0, 0, 0, NULL, '[]', NULL, ?, 'operator')",
    ).bind(BUNDLE, AT),
    DB.prepare("INSERT INTO channels VALUES ('world', 'stable', ?, 1, 1, ?, ?)").bind(BUNDLE, hash, AT),
    DB.prepare("INSERT INTO channels VALUES ('world', 'bare', NULL, NULL, 1, ?, ?)").bind(hash, AT),
    DB.prepare(
      "INSERT INTO audit VALUES ('world', 'stable', 1, 'release', NULL, NULL, ?, 1, 'why', 'operator', ?, NULL, ?)",
    ).bind(BUNDLE, AT, hash),
  ]);
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  const { channels } = createD1Stores(DB, BLOBS);
  const stable = await channels.find("world", "stable");
  if (!stable.ok) throw new Error(stable.problem.message);
  expect(stable.value).toMatchObject({
    hotfixes: [],
    disabled: [],
    patchSet: BUNDLE,
    target: { version: 1 },
  });
  expect(await channels.find("world", "bare")).toMatchObject({ value: { patchSet: "none", target: null } });
  const history = await channels.history("world", "stable");
  expect(history).toEqual([{ ...oldRow, hash }]);
  expect(await verifyAudit(history, stable.value)).toEqual({ ok: true, value: 1 });
  await expect(DB.exec("UPDATE audit SET summary = 'other'")).rejects.toThrow("append-only");
  await expect(DB.exec("DELETE FROM audit")).rejects.toThrow("append-only");
});

it("takes the patches of bundles and hotfixes along into tables in which a patch may have no layer", async () => {
  await reset();
  const { DB, TEST_MIGRATIONS } = bindings;
  await applyD1Migrations(DB, TEST_MIGRATIONS.slice(0, 4));
  const row = [BUNDLE, 0, "norway", "neurons", 3, BUNDLE, null];
  await DB.batch([
    DB.prepare("INSERT INTO models VALUES ('world', 'd', '{}', ?)").bind(AT),
    DB.prepare("INSERT INTO blobs VALUES (?, 1, 'AA==')").bind(BUNDLE),
    DB.prepare(
      "INSERT INTO bundles VALUES (?, 'world', 1, 'grace', 0, 0, 0, NULL, '[]', NULL, ?, 'operator')",
    ).bind(BUNDLE, AT),
    DB.prepare("INSERT INTO hotfixes VALUES (?, 'world', '[]', ?, 'operator')").bind(BUNDLE, AT),
    ...["bundle_patches", "hotfix_patches"].map((table) =>
      DB.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`).bind(...row),
    ),
  ]);
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  for (const table of ["bundle_patches", "hotfix_patches"]) {
    expect(await DB.prepare(`SELECT * FROM ${table}`).raw()).toEqual([row]);
    await DB.prepare(`INSERT INTO ${table} VALUES (?, 1, 'text', 'rule', NULL, ?, NULL)`)
      .bind(BUNDLE, BUNDLE)
      .run();
    await expect(
      DB.prepare(`INSERT INTO ${table} VALUES (?, 2, 'text', 'rule', NULL, 'no blob', NULL)`)
        .bind(BUNDLE)
        .run(),
    ).rejects.toThrow("FOREIGN KEY");
  }
});
