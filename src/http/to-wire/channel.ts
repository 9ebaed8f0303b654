import { patchBytes } from "../../core/patch/patch-record.ts";
import type { AuditRow, ChannelState } from "../../core/release/channel.ts";
import type { CatalogPatch } from "../../core/release/patch-catalog.ts";
import type { WireChannel } from "../../wire/channel.ts";
import type { WireAuditRow, WireMove } from "../../wire/move.ts";
import type { WireChannelPatch } from "../../wire/patch.ts";

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

/** Puts a patch of a channel on the wire. */
export const toWirePatch = (
  { record, edits, hotfix, enabled }: CatalogPatch,
  { target }: ChannelState,
): WireChannelPatch => ({
  id: record.id,
  kind: record.kind,
  layer: record.layer ?? null,
  blob: record.blob,
  bytes: patchBytes(record),
  edits: edits.map(({ prompt, target: answer }) => ({ prompt, target: answer })),
  version: hotfix === null ? (target?.version ?? null) : null,
  hotfix,
  state: enabled ? "attached" : "disabled",
});
