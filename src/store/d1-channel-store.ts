import { and, eq, sql } from "drizzle-orm";
import type { Digest } from "../core/digest.ts";
import type { AuditRow, ChannelState, PlannedMove, ReleaseTarget } from "../core/release/channel.ts";
import { fail, ok } from "../core/result.ts";
import type { Database } from "./d1-database.ts";
import type { ChannelStore } from "./ports.ts";
import { sequenceConflict, unknownChannel } from "./problems.ts";
import { audit, channels } from "./schema.ts";

const targetOf = (bundle: Digest | null, version: number | null): ReleaseTarget | null =>
  bundle === null || version === null ? null : { bundle, version };

const stateOf = ({ bundle, version, ...row }: typeof channels.$inferSelect): ChannelState => ({
  ...row,
  target: targetOf(bundle, version),
});

const auditRowOf = (row: typeof audit.$inferSelect): AuditRow => {
  const { fromBundle, fromVersion, toBundle, toVersion, ...rest } = row;
  return { ...rest, from: targetOf(fromBundle, fromVersion), to: targetOf(toBundle, toVersion) };
};

const isChannel = (model: string, channel: string) =>
  and(eq(channels.model, model), eq(channels.channel, channel));

/** The swap: it takes only where the channel still is as the move was planned. A first move inserts the pointer. */
const swap = (database: Database, { before, after, audit: row }: PlannedMove) => {
  const pointer = {
    bundle: after.target?.bundle ?? null,
    version: after.target?.version ?? null,
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
    SELECT ${row.model}, ${row.channel}, ${row.sequence}, ${row.action}, ${row.from?.bundle ?? null},
      ${row.from?.version ?? null}, ${row.to?.bundle ?? null}, ${row.to?.version ?? null}, ${row.message},
      ${row.actor}, ${row.at}, ${row.previousHash}, ${row.hash}
    WHERE EXISTS (SELECT 1 FROM ${channels} WHERE model = ${row.model} AND channel = ${row.channel}
      AND sequence = ${row.sequence} AND audit_hash = ${row.hash})
    AND NOT EXISTS (SELECT 1 FROM ${audit} WHERE model = ${row.model} AND channel = ${row.channel}
      AND sequence = ${row.sequence})`);

const readChannel = (database: Database, model: string, channel: string) =>
  database.select().from(channels).where(isChannel(model, channel)).get();

const commit =
  (database: Database): ChannelStore["commit"] =>
  async (move) => {
    const { before, after } = move;
    // A batch is one transaction in D1: pointer and audit row together, or neither.
    const [, appended] = await database.batch([swap(database, move), append(database, move.audit)]);
    if (appended.meta.changes === 1) return ok(after);
    const current = await readChannel(database, after.model, after.channel);
    return fail(sequenceConflict(after.channel, before.sequence, current?.sequence ?? 0));
  };

/** Keeps channels and their audit in D1. */
export const createD1ChannelStore = (database: Database): ChannelStore => ({
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
  commit: commit(database),
  history: async (model, channel) => {
    const rows = await database
      .select()
      .from(audit)
      .where(and(eq(audit.model, model), eq(audit.channel, channel)))
      .orderBy(audit.sequence);
    return rows.map(auditRowOf);
  },
});
