import { z } from "zod";
import type { WireMove } from "../../client/client.ts";
import { counted } from "../../core/counted.ts";
import { describePatchSet } from "../../core/release/describe-change.ts";
import { MESSAGE_MAX_LENGTH as MESSAGE_WIDTH } from "../../core/release/plan-move.ts";
import type { ServedPatchSet } from "../../core/release/served-patch-set.ts";
import { ok } from "../../core/result.ts";
import { fromOf, readChannelHistory, toOf } from "../../workshop/publishing/channel-history.ts";
import { defineCommand } from "../command.ts";
import { channelName } from "../describe/move.ts";
import { CHANNEL, MODEL, text, wholeNumber } from "../options.ts";
import type { Style } from "../style.ts";
import { formatTable, shorten } from "../table.ts";

/** Moves shown where nobody says otherwise. */
const DEFAULT_LIMIT = "50";

/** A patch set in a cell: `none`, `3`, or `3 with 1 hotfix`. */
const setCell = (set: ServedPatchSet): string => describePatchSet(set).replace(/^version /, "");

/** Whether a move needs more words than its row has: all but a plain release of one version after another. */
const needsWords = ({ action, summary }: WireMove): boolean =>
  summary !== null && (action !== "release" || summary.includes(";"));

const formatHistory = (moves: readonly WireMove[], style: Style): string => {
  const [headings = "", ...rows] = formatTable(
    ["SEQ", "ACTION", "FROM", "TO", "WHEN", "WHO", "MESSAGE"],
    moves.map((move) => [
      String(move.sequence),
      move.action === "rollback" ? style.bad(move.action) : move.action,
      setCell(fromOf(move)),
      setCell(toOf(move)),
      move.at,
      move.actor,
      shorten(move.message, MESSAGE_WIDTH),
    ]),
    style.faint,
  ).split("\n");
  const lines = moves.flatMap((move, index) => [
    rows[index]!,
    ...(needsWords(move) ? [style.faint(`     ${move.summary}`)] : []),
  ]);
  return [headings, ...lines].join("\n");
};

/** `errata history`: every move of a channel, its hash chain verified. */
export const historyCommand = defineCommand({
  name: "history",
  summary: "show the moves of a channel and verify that none was altered",
  details:
    "The rows of a channel are chained by their hashes. The whole chain is recomputed here, however few moves are " +
    "shown; a row that was changed, removed or inserted ends the command with corrupt_store (exit code 8).",
  options: [
    CHANNEL,
    MODEL,
    { flags: "--limit <n>", description: "moves to show, the newest ones", default: DEFAULT_LIMIT },
    { flags: "--below <sequence>", description: "show moves older than this one" },
  ],
  examples: ["history", "history --channel canary --json", "history --limit 10 --below 40"],
  input: z.object({ channel: text, model: text, limit: wholeNumber(1), below: wholeNumber(1).optional() }),
  run: async ({ limit, below = Number.POSITIVE_INFINITY, ...address }, context) => {
    const history = await readChannelHistory(address, context);
    if (!history.ok) return history;
    const { channel, moves } = history.value;
    const { style } = context.terminal;
    const proof = style.good(`chain verified: ${counted(moves.length, "move")} of ${channelName(channel)}`);
    const older = moves.filter(({ sequence }) => sequence < below);
    const shown = older.slice(0, limit);
    const more = older.length > shown.length;
    const rows = shown.length === 0 ? "No moves yet." : formatHistory(shown, style);
    const rest = more ? `\nolder moves: errata history --below ${shown.at(-1)!.sequence}` : "";
    return ok({
      document: { channel, verified: true, moves: shown, more },
      text: `${rows}\n\n${proof}${rest}`,
    });
  },
});
