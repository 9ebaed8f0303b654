import { z } from "zod";
import { defineCommand } from "../command.ts";
import { nextAfter } from "../describe/move.ts";
import { moveChannel } from "../move-channel.ts";
import { CHANNEL, DRY_RUN, flag, MESSAGE, MODEL, text } from "../options.ts";

/** `errata rollback`: undoes a channel's newest move. */
export const rollbackCommand = defineCommand({
  name: "rollback",
  summary: "undo a channel's newest release, hotfix, disable or enable, from the next request on",
  details:
    "Restores all that the channel served before the move that it undoes: bundle, hotfixes and disabled patches. A " +
    "second rollback goes one move further back, down to none, the bare model. A patch set that was rolled back from " +
    "is passed over until a release puts it back, and the moves between go with it: the output names every move undone. It is a new move with a higher " +
    "sequence: nothing is deleted, and what was rolled back from can be put back. --to serves a version without " +
    "hotfixes.",
  arguments: [],
  options: [
    { flags: "--to <version>", description: "go back to this version number, bundle id, or none" },
    CHANNEL,
    MODEL,
    MESSAGE,
    DRY_RUN,
  ],
  examples: [
    'rollback --message "wrong answer about Kyiv"',
    'rollback --to none --channel canary --message "start over"',
  ],
  input: z.object({
    to: text.optional(),
    channel: text,
    model: text,
    message: text.optional(),
    dryRun: flag,
  }),
  run: ({ to, message: reason, dryRun, ...address }, context) =>
    moveChannel(
      reason,
      context,
      (client, message) =>
        client.channels.rollBack(address, { message, dryRun, ...(to !== undefined && { to }) }),
      nextAfter.rollback,
    ),
});
