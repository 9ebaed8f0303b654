import { sql } from "drizzle-orm";
import type { PlannedMove } from "../../core/release/channel.ts";
import { fail, ok } from "../../core/result.ts";
import { patchRowGroups } from "../patch-rows.ts";
import type { BlobStore, HotfixStore, HotfixToStore } from "../ports.ts";
import { corruptBlob, unknownHotfix } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { channels, hotfixes, hotfixPatches } from "./schema.ts";

/**
 * The statements that store a hotfix in the batch of the move that puts it live. They come after the swap and take
 * only if it took: the pointer then names the move's audit row.
 */
export const insertHotfix = (database: Database, hotfix: HotfixToStore, { audit }: PlannedMove) => {
  const { id, manifest } = hotfix;
  const took = sql`EXISTS (SELECT 1 FROM ${channels} WHERE model = ${audit.model} AND channel = ${audit.channel}
    AND sequence = ${audit.sequence} AND audit_hash = ${audit.hash})`;
  // The columns in the schema's order, in both.
  const own = database
    .insert(hotfixes)
    .select(
      sql`SELECT ${id}, ${manifest.model.name}, ${JSON.stringify(hotfix.signatures)}, ${hotfix.createdAt},
        ${hotfix.createdBy} WHERE ${took}`,
    )
    .onConflictDoNothing();
  const patches = patchRowGroups(manifest).map((rows) =>
    database
      .insert(hotfixPatches)
      .select(
        sql`SELECT ${id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
          FROM json_each(${rows}) WHERE ${took}`,
      )
      .onConflictDoNothing(),
  );
  return [own, ...patches];
};

/** Keeps hotfixes in D1; their manifests are blobs. */
export const createD1HotfixStore = (database: Database, blobs: BlobStore): HotfixStore => ({
  findMany: async (ids) => {
    if (ids.length === 0) return ok([]);
    const rows = await database
      .select()
      .from(hotfixes)
      .where(sql`${hotfixes.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
    const found = new Map(rows.map((row) => [row.id, row]));
    const manifests = await blobs.getMany(ids);
    if (!manifests.ok) return manifests;
    const records = [];
    for (const id of ids) {
      const row = found.get(id);
      if (row === undefined) return fail(unknownHotfix(id));
      const manifestBytes = manifests.value.get(id);
      if (manifestBytes === undefined) return fail(corruptBlob(id, "its row is gone"));
      records.push({ ...row, manifestBytes });
    }
    return ok(records);
  },
});
