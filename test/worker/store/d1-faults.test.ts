import { describe, expect, it } from "vitest";
import { blobDigests } from "../../../src/core/bundle/manifest.ts";
import { digestOf, digestOfText } from "../../../src/core/digest.ts";
import type { PatchRecord } from "../../../src/core/patch/patch.ts";
import { unreleasedChannel } from "../../../src/core/release/channel.ts";
import { planRelease } from "../../../src/core/release/plan-release.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import { BLOB_ROW_MAX_BYTES } from "../../../src/store/ports.ts";
import { publishSamples, storedBundle, time } from "../../contract/store/fixtures.ts";
import { planLive, storedHotfix } from "../../contract/store/hotfix-store.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { bindings, openD1Stores } from "./open-d1.ts";

/** Makes the database refuse to insert into `table`, as a full disk or a broken constraint would. */
const breakInserts = (table: string): Promise<unknown> =>
  bindings.DB.exec(
    `CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'injected fault'); END`,
  );

const mend = (): Promise<unknown> => bindings.DB.exec("DROP TRIGGER broken");

const firstMove = async (bundle: `sha256:${string}`) => {
  const context = {
    channel: unreleasedChannel("sample", "stable"),
    message: "",
    actor: "operator",
    at: time(1),
  };
  const move = await planRelease(context, { bundle, version: 1 });
  if (!move.ok) throw new Error(move.problem.message);
  return move.value;
};

const nextMove = async (before: Awaited<ReturnType<typeof firstMove>>) => {
  const context = { channel: before.after, message: "", actor: "operator", at: time(2) };
  const move = await planRelease(context, null);
  if (!move.ok) throw new Error(move.problem.message);
  return move.value;
};

describe("D1 under faults", () => {
  it("leaves the pointer where it was when the audit row cannot be written", async () => {
    const { channels, ...stores } = await openD1Stores();
    const [bundle] = await publishSamples({ channels, ...stores }, [1]);
    const first = await firstMove(bundle!.id);
    await breakInserts("audit");
    await expect(channels.commit(first)).rejects.toThrow("injected fault");
    expect(await channels.find("sample", "stable")).toMatchObject({ problem: { code: "unknown_channel" } });
    await mend();
    await channels.commit(first);
    const second = await nextMove(first);
    await breakInserts("audit");
    await expect(channels.commit(second)).rejects.toThrow("injected fault");
    expect(await channels.find("sample", "stable")).toEqual({ ok: true, value: first.after });
    await mend();
    expect(await channels.commit(second)).toEqual({ ok: true, value: second.after });
    expect(await channels.history("sample", "stable")).toEqual([first.audit, second.audit]);
  });

  it.each(["hotfixes", "hotfix_patches", "audit"])(
    "puts no hotfix live, stores none and leaves the pointer when %s cannot be written",
    async (table) => {
      const stores = await openD1Stores();
      const [bundle] = await publishSamples(stores, [1]);
      const first = await firstMove(bundle!.id);
      await stores.channels.commit(first);
      const hotfix = await storedHotfix(stores, 5);
      const move = await planLive(first.after, hotfix, ["norway"]);
      await breakInserts(table);
      await expect(stores.channels.commit(move, hotfix)).rejects.toThrow("injected fault");
      expect(await stores.channels.find("sample", "stable")).toEqual({ ok: true, value: first.after });
      expect(await stores.hotfixes.findMany([hotfix.id])).toMatchObject({
        problem: { code: "unknown_hotfix" },
      });
      expect(await stores.channels.history("sample", "stable")).toEqual([first.audit]);
      await mend();
      expect(await stores.channels.commit(move, hotfix)).toEqual({ ok: true, value: move.after });
      const rows = await bindings.DB.prepare("SELECT position, patch, kind, layer FROM hotfix_patches").all();
      expect(rows.results).toEqual([{ position: 0, patch: "hotfix 5", kind: "codebook", layer: 1 }]);
    },
  );

  it("publishes nothing when the patch rows cannot be written, and takes no number", async () => {
    const stores = await openD1Stores();
    await stores.models.register(await sampleModel(), time(0));
    const bundle = await storedBundle(stores, 1);
    await breakInserts("bundle_patches");
    await expect(stores.bundles.publish(bundle)).rejects.toThrow("injected fault");
    expect(await stores.bundles.find({ id: bundle.id })).toMatchObject({
      problem: { code: "unknown_bundle" },
    });
    await mend();
    expect(await stores.bundles.publish(bundle)).toMatchObject({
      ok: true,
      value: { status: "published", summary: { version: 1 } },
    });
    const rows = await bindings.DB.prepare(
      "SELECT position, patch, kind, layer, blob, values_blob AS valuesBlob FROM bundle_patches",
    ).all();
    const [norway, freezing] = bundle.manifest.patches as [PatchRecord, PatchRecord];
    const blobsOfCodebook = { blob: norway.blob, valuesBlob: blobDigests(bundle.manifest)[1] };
    expect(rows.results).toEqual([
      { position: 0, patch: "norway", kind: "codebook", layer: 1, ...blobsOfCodebook },
      { position: 1, patch: "freezing", kind: "neurons", layer: 0, blob: freezing.blob, valuesBlob: null },
    ]);
  });

  it("refuses in the database itself to change or delete an audit row", async () => {
    const stores = await openD1Stores();
    const [bundle] = await publishSamples(stores, [1]);
    await stores.channels.commit(await firstMove(bundle!.id));
    await expect(bindings.DB.exec("UPDATE audit SET message = 'other'")).rejects.toThrow("append-only");
    await expect(bindings.DB.exec("DELETE FROM audit")).rejects.toThrow("append-only");
  });

  it("shows an audit row changed behind the triggers' back", async () => {
    const stores = await openD1Stores();
    const [bundle] = await publishSamples(stores, [1]);
    const move = await firstMove(bundle!.id);
    await stores.channels.commit(move);
    await bindings.DB.exec("DROP TRIGGER audit_refuses_update");
    await bindings.DB.exec("UPDATE audit SET actor = 'nobody'");
    expect(await verifyAudit(await stores.channels.history("sample", "stable"), move.after)).toMatchObject({
      problem: { code: "corrupt_store", detail: { sequence: 1 } },
    });
  });

  it("never hands out a damaged row or a damaged, swapped or lost object", async () => {
    const { blobs } = await openD1Stores();
    const small = await digestOfText("small");
    await blobs.put(small, new TextEncoder().encode("small"));
    await bindings.DB.prepare("UPDATE blobs SET data = 'c21hbGw' || 'h'").run();
    expect(await blobs.get(small)).toMatchObject({ problem: { code: "corrupt_store" } });
    await bindings.DB.prepare("UPDATE blobs SET data = '*'").run();
    expect(await blobs.get(small)).toMatchObject({ problem: { code: "corrupt_store" } });

    const bytes = new Uint8Array(BLOB_ROW_MAX_BYTES + 1);
    const large = await digestOf(bytes);
    await blobs.put(large, bytes);
    const key = `blobs/${large.slice("sha256:".length)}`;
    await bindings.BLOBS.put(key, "something else");
    expect(await blobs.get(large)).toMatchObject({ problem: { code: "corrupt_store" } });
    expect(await blobs.getMany([large])).toMatchObject({ problem: { code: "corrupt_store" } });
    await bindings.BLOBS.delete(key);
    expect(await blobs.get(large)).toMatchObject({ problem: { code: "corrupt_store" } });
  });

  it("keeps only the hash of a token", async () => {
    const { tokens } = await openD1Stores();
    const token = { id: "a", name: "n", scopes: [], createdAt: time(1), revokedAt: null };
    await tokens.create(token, await digestOfText("very secret"));
    const rows = await bindings.DB.prepare("SELECT * FROM tokens").all();
    expect(rows.results).toEqual([
      {
        id: "a",
        name: "n",
        hash: "sha256:546bb0a05a36cf112fbc47938f3d554e4d339a2ef033948e40a66ebe63a35a77",
        scopes: "[]",
        created_at: time(1),
        revoked_at: null,
      },
    ]);
  });
});
