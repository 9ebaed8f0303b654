import { z } from "@hono/zod-openapi";
import type { AuditRow, ChannelState } from "../../core/release/channel.ts";

/** A channel as it stands. */
export const channelSchema = z
  .object({
    model: z.string(),
    channel: z.string(),
    bundle: z.string().nullable(),
    version: z.int().nullable(),
    sequence: z.int(),
    updatedAt: z.string().nullable(),
  })
  .openapi("Channel");

const moveFields = {
  sequence: z.int(),
  action: z.enum(["release", "rollback"]),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  fromBundle: z.string().nullable(),
  toBundle: z.string().nullable(),
  message: z.string(),
  actor: z.string(),
  at: z.string(),
  hash: z.string(),
  previousHash: z.string().nullable(),
};

/** One move in the history of a channel. */
export const moveSchema = z.object(moveFields).openapi("Move");
/** One move in the audit of all channels. */
export const auditRowSchema = z
  .object({ model: z.string(), channel: z.string(), ...moveFields })
  .openapi("AuditRow");

/** A channel on the wire. */
export type WireChannel = z.infer<typeof channelSchema>;
/** An audit row on the wire. */
export type WireAuditRow = z.infer<typeof auditRowSchema>;
/** A move on the wire. */
export type WireMove = z.infer<typeof moveSchema>;

/** Puts a channel on the wire. */
export const toWireChannel = (state: ChannelState): WireChannel => ({
  model: state.model,
  channel: state.channel,
  bundle: state.target?.bundle ?? null,
  version: state.target?.version ?? null,
  sequence: state.sequence,
  updatedAt: state.updatedAt,
});

/** Puts a move on the wire. */
export const toWireMove = (row: AuditRow): WireMove => ({
  sequence: row.sequence,
  action: row.action,
  fromVersion: row.from?.version ?? null,
  toVersion: row.to?.version ?? null,
  fromBundle: row.from?.bundle ?? null,
  toBundle: row.to?.bundle ?? null,
  message: row.message,
  actor: row.actor,
  at: row.at,
  hash: row.hash,
  previousHash: row.previousHash,
});

/** Puts an audit row on the wire. */
export const toWireAuditRow = (row: AuditRow): WireAuditRow => ({
  model: row.model,
  channel: row.channel,
  ...toWireMove(row),
});
