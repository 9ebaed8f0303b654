import { z } from "zod";
import type { AuditRow, ReleaseTarget } from "../../core/release/channel.ts";
import { verifyAudit } from "../../core/release/verify-audit.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { connect } from "../client.ts";
import { defineCommand } from "../command.ts";
import { channelName } from "../describe-move.ts";
import { CHANNEL, MODEL, text } from "../options.ts";
import { findChannel, findHistory } from "../service-api.ts";
import type { Style } from "../style.ts";
import { counted, formatTable } from "../table.ts";
import type { WireChannel, WireMove } from "../wire.ts";

const targetOf = (bundle: WireMove["toBundle"], version: number | null): ReleaseTarget | null =>
  bundle === null || version === null ? null : { bundle, version };

const toAuditRow = (move: WireMove, { model, channel }: WireChannel): AuditRow => ({
  model,
  channel,
  sequence: move.sequence,
  action: move.action,
  from: targetOf(move.fromBundle, move.fromVersion),
  to: targetOf(move.toBundle, move.toVersion),
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

const versionCell = (version: number | null): string => (version === null ? "none" : String(version));

const formatHistory = (moves: readonly WireMove[], style: Style): string =>
  formatTable(
    ["SEQ", "ACTION", "FROM", "TO", "WHEN", "WHO", "MESSAGE"],
    moves.map((move) => [
      String(move.sequence),
      move.action === "rollback" ? style.bad(move.action) : move.action,
      versionCell(move.fromVersion),
      versionCell(move.toVersion),
      move.at,
      move.actor,
      move.message,
    ]),
    style.faint,
  );

/** `errata history`: every move of a channel, its hash chain verified. */
export const historyCommand = defineCommand({
  name: "history",
  summary: "show every move of a channel and verify that none was altered",
  details:
    "The rows of a channel are chained by their hashes. The chain is recomputed here; a row that was changed, " +
    "removed or inserted ends the command with corrupt_store (exit code 8).",
  options: [CHANNEL, MODEL],
  examples: ["history", "history --channel canary --json"],
  input: z.object({ channel: text, model: text }),
  run: async ({ channel, model }, context) => {
    const client = await connect(context);
    if (!client.ok) return client;
    const state = await findChannel(client.value, model, channel);
    if (!state.ok) return state;
    const history = await findHistory(client.value, model, channel);
    if (!history.ok) return history;
    // A move made between the two reads is left for the next look: rows are only ever appended.
    const moves = history.value.filter(({ sequence }) => sequence <= state.value.sequence);
    const verified = await verifyChain(moves, state.value);
    if (!verified.ok) return verified;
    const { style } = context.terminal;
    const proof = style.good(
      `chain verified: ${counted(verified.value, "move")} of ${channelName(state.value)}`,
    );
    const rows = moves.length === 0 ? "No moves yet." : formatHistory(moves, style);
    return ok({
      document: { channel: state.value, verified: true, moves },
      text: `${rows}\n\n${proof}`,
    });
  },
});
