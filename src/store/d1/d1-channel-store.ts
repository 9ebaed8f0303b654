import { and, desc, eq, lt, sql } from "drizzle-orm";
import { blobDigests } from "../../core/bundle/manifest.ts";
import type { Digest } from "../../core/digest.ts";
import type { AuditRow, ChannelState, PlannedMove } from "../../core/release/channel.ts";
import type { ReleaseTarget } from "../../core/release/served-patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BlobStore, ChannelStore, HotfixToStore } from "../ports.ts";
import { missingBlobs, sequenceConflict, unknownChannel } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { insertHotfix } from "./d1-hotfix-store.ts";
import { audit, channels } from "./schema.ts";

const targetOf = (bundle: Digest | null, version: number | null): ReleaseTarget | null =>
  bundle === null || version === null ? null : { bundle, version };

const stateOf = ({ bundle, version, ...row }: typeof channels.$inferSelect): ChannelState => ({
  ...row,
  target: targetOf(bundle, version),
});

const auditRowOf = (row: typeof audit.$inferSelect): AuditRow => {
  const { fromBundle, fromVersion, fromHotfixes, fromDisabled, ...withTo } = row;
  const { toBundle, toVersion, toHotfixes, toDisabled, ...rest } = withTo;
  return {
    ...rest,
    from: { target: targetOf(fromBundle, fromVersion), hotfixes: fromHotfixes, disabled: fromDisabled },
    to: { target: targetOf(toBundle, toVersion), hotfixes: toHotfixes, disabled: toDisabled },
  };
};

const isChannel = (model: string, channel: string) =>
  and(eq(channels.model, model), eq(channels.channel, channel));

/** The swap: it takes only where the channel still is as the move was planned. A first move inserts the pointer. */
const swap = (database: Database, { before, after, audit: row }: PlannedMove) => {
  const pointer = {
    bundle: after.target?.bundle ?? null,
    version: after.target?.version ?? null,
    hotfixes: after.hotfixes,
    disabled: after.disabled,
    patchSet: after.patchSet,
    sequence: after.sequence,
    auditHash: row.hash,
    updatedAt: row.at,
  };
  if (before.sequence === 0)
    return database
      .insert(channels)
      .values({ model: after.model, channel: after.channel, ...pointer })
      .onConflictDoNothing();
  return database
    .update(channels)
    .set(pointer)
    .where(and(isChannel(after.model, after.channel), eq(channels.sequence, before.sequence)));
};

/**
 * The audit row, inserted only if the swap took: the pointer then names this row's hash. The very same move
 * committed twice names it too, so the row must not be there yet.
 */
const append = (database: Database, row: AuditRow) =>
  // The columns in the schema's order.
  database.insert(audit).select(sql`
    SELECT ${row.model}, ${row.channel}, ${row.sequence}, ${row.action}, ${row.from.target?.bundle ?? null},
      ${row.from.target?.version ?? null}, ${row.to.target?.bundle ?? null}, ${row.to.target?.version ?? null},
      ${row.message}, ${row.actor}, ${row.at}, ${row.previousHash}, ${row.hash},
      ${JSON.stringify(row.from.hotfixes)}, ${JSON.stringify(row.from.disabled)},
      ${JSON.stringify(row.to.hotfixes)}, ${JSON.stringify(row.to.disabled)}, ${row.summary}
    WHERE EXISTS (SELECT 1 FROM ${channels} WHERE model = ${row.model} AND channel = ${row.channel}
      AND sequence = ${row.sequence} AND audit_hash = ${row.hash})
    AND NOT EXISTS (SELECT 1 FROM ${audit} WHERE model = ${row.model} AND channel = ${row.channel}
      AND sequence = ${row.sequence})`);

const readChannel = (database: Database, model: string, channel: string) =>
  database.select().from(channels).where(isChannel(model, channel)).get();

/** Stores the manifest's bytes; alone they put nothing live, so a fault after them is harmless. */
const storeManifest = async (blobs: BlobStore, hotfix: HotfixToStore): Promise<Result<unknown>> => {
  const missing = await blobs.missing(blobDigests(hotfix.manifest));
  return missing.length > 0 ? fail(missingBlobs(missing)) : blobs.put(hotfix.id, hotfix.manifestBytes);
};

const commit =
  (database: Database, blobs: BlobStore): ChannelStore["commit"] =>
  async (move, hotfix) => {
    const { before, after } = move;
    if (hotfix !== undefined) {
      const stored = await storeManifest(blobs, hotfix);
      if (!stored.ok) return stored;
    }
    const extra = hotfix === undefined ? [] : insertHotfix(database, hotfix, move);
    // A batch is one transaction in D1: pointer, audit row and hotfix together, or none of them.
    const [, appended] = await database.batch([swap(database, move), append(database, move.audit), ...extra]);
    if (appended.meta.changes === 1) return ok(after);
    const current = await readChannel(database, after.model, after.channel);
    return fail(sequenceConflict(after.channel, before.sequence, current?.sequence ?? 0));
  };

const moves =
  (database: Database): ChannelStore["moves"] =>
  async (model, channel, { limit, below }) => {
    const older = below === undefined ? undefined : lt(audit.sequence, below);
    const rows = await database
      .select()
      .from(audit)
      .where(and(eq(audit.model, model), eq(audit.channel, channel), older))
      .orderBy(desc(audit.sequence))
      .limit(limit + 1);
    return { data: rows.slice(0, limit).map(auditRowOf), more: rows.length > limit };
  };

/** Keeps channels and their audit in D1. */
export const createD1ChannelStore = (database: Database, blobs: BlobStore): ChannelStore => ({
  find: async (model, channel) => {
    const row = await readChannel(database, model, channel);
    return row === undefined ? fail(unknownChannel(model, channel)) : ok(stateOf(row));
  },
  list: async (model) => {
    const ofModel = model === undefined ? undefined : eq(channels.model, model);
    const rows = await database
      .select()
      .from(channels)
      .where(ofModel)
      .orderBy(channels.model, channels.channel);
    return rows.map(stateOf);
  },
  commit: commit(database, blobs),
  history: async (model, channel) => {
    const rows = await database
      .select()
      .from(audit)
      .where(and(eq(audit.model, model), eq(audit.channel, channel)))
      .orderBy(audit.sequence);
    return rows.map(auditRowOf);
  },
  moves: moves(database),
});
