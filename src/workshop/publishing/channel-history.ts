import type { ChannelAddress, WireChannel, WireMove } from "../../client/client.ts";
import type { AuditRow } from "../../core/release/channel.ts";
import type { ServedPatchSet } from "../../core/release/served-patch-set.ts";
import { verifyAudit } from "../../core/release/verify-audit.ts";
import { ok, type Result } from "../../core/result.ts";
import { connect } from "../connection/connect.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** A channel as it stands, and every move that led there, newest first; their chain of hashes holds. */
export interface ChannelHistory {
  readonly channel: WireChannel;
  readonly moves: readonly WireMove[];
}

const setOf = (
  bundle: WireMove["toBundle"],
  version: number | null,
  hotfixes: WireMove["toHotfixes"],
  disabled: readonly string[],
): ServedPatchSet => ({
  target: bundle === null || version === null ? null : { bundle, version },
  hotfixes,
  disabled,
});

/** What a move left behind. */
export const fromOf = ({ fromBundle, fromVersion, fromHotfixes, fromDisabled }: WireMove): ServedPatchSet =>
  setOf(fromBundle, fromVersion, fromHotfixes, fromDisabled);

/** What a move led to. */
export const toOf = ({ toBundle, toVersion, toHotfixes, toDisabled }: WireMove): ServedPatchSet =>
  setOf(toBundle, toVersion, toHotfixes, toDisabled);

const toAuditRow = (move: WireMove, { model, channel }: WireChannel): AuditRow => ({
  model,
  channel,
  sequence: move.sequence,
  action: move.action,
  from: fromOf(move),
  to: toOf(move),
  summary: move.summary,
  message: move.message,
  actor: move.actor,
  at: move.at,
  previousHash: move.previousHash,
  hash: move.hash,
});

/** Recomputes every hash here: a service whose database was tampered with is not asked for its own opinion. */
const verifyChain = (moves: readonly WireMove[], channel: WireChannel): Promise<Result<number>> =>
  verifyAudit(
    moves.toReversed().map((move) => toAuditRow(move, channel)),
    { sequence: channel.sequence, auditHash: moves[0]?.hash ?? null },
  );

/**
 * Reads the moves of a channel and recomputes their whole chain.
 *
 * Errors: those of the service; `corrupt_store` where a row was changed, removed or inserted.
 */
export const readChannelHistory = async (
  address: ChannelAddress,
  context: WorkshopContext,
): Promise<Result<ChannelHistory>> => {
  const client = await connect(context);
  if (!client.ok) return client;
  const channel = await client.value.channels.find(address);
  if (!channel.ok) return channel;
  const history = await client.value.channels.history(address);
  if (!history.ok) return history;
  // A move made between the two reads is left for the next look: rows are only ever appended.
  const moves = history.value.filter(({ sequence }) => sequence <= channel.value.sequence);
  const verified = await verifyChain(moves, channel.value);
  return verified.ok ? ok({ channel: channel.value, moves }) : verified;
};
