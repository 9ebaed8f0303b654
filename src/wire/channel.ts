import { z } from "@hono/zod-openapi";
import type { AuditRow, ChannelState } from "../core/release/channel.ts";
import { MOVE_ACTIONS } from "../core/release/channel.ts";

/** A channel as it stands. */
export const channelSchema = z
  .object({
    model: z.string(),
    channel: z.string(),
    bundle: z.string().nullable(),
    version: z.int().nullable(),
    hotfixes: z.array(z.string()).openapi({ description: "Ids of the hotfixes on top, oldest first." }),
    disabled: z.array(z.string()).openapi({ description: "Ids of the patches that are not attached." }),
    patchSet: z.string().openapi({
      description:
        "Digest of bundle, hotfixes and disabled patches; the bundle's id where there are none, or `none`.",
    }),
    sequence: z.int(),
    updatedAt: z.string().nullable(),
  })
  .openapi("Channel");

const moveFields = {
  sequence: z.int(),
  action: z.enum(MOVE_ACTIONS),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  fromBundle: z.string().nullable(),
  toBundle: z.string().nullable(),
  fromHotfixes: z.array(z.string()),
  toHotfixes: z.array(z.string()),
  fromDisabled: z.array(z.string()),
  toDisabled: z.array(z.string()),
  summary: z.string().nullable().openapi({ description: "What the move did, in words." }),
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
  hotfixes: [...state.hotfixes],
  disabled: [...state.disabled],
  patchSet: state.patchSet,
  sequence: state.sequence,
  updatedAt: state.updatedAt,
});

/** Puts a move on the wire. */
export const toWireMove = (row: AuditRow): WireMove => ({
  sequence: row.sequence,
  action: row.action,
  fromVersion: row.from.target?.version ?? null,
  toVersion: row.to.target?.version ?? null,
  fromBundle: row.from.target?.bundle ?? null,
  toBundle: row.to.target?.bundle ?? null,
  fromHotfixes: [...row.from.hotfixes],
  toHotfixes: [...row.to.hotfixes],
  fromDisabled: [...row.from.disabled],
  toDisabled: [...row.to.disabled],
  summary: row.summary,
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
