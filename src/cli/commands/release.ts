import { z } from "zod";
import { ok } from "../../core/result.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { defineCommand } from "../command.ts";
import { describeMove, nextAfter } from "../describe/move.ts";
import { CHANNEL, DRY_RUN, flag, MESSAGE, MODEL, text } from "../options.ts";
import { requireMessage } from "../require-message.ts";

/** `errata release`: points a channel to a published version. */
export const releaseCommand = defineCommand({
  name: "release",
  summary: "serve a published version on a channel, from the next request on",
  details:
    "Hotfixes that the version contains (the same patches) are absorbed and leave the channel; the others stay live " +
    "on top, unless the version corrects the same ids anew. A disabled patch stays disabled where the version holds " +
    "it. none is the bare model: nothing stays.",
  arguments: [
    {
      name: "version",
      syntax: "<version>",
      description: "a version number, a bundle id, or none (the bare model)",
    },
  ],
  options: [CHANNEL, MODEL, MESSAGE, DRY_RUN],
  examples: [
    'release 3 --channel stable --message "corrects the capital of Australia"',
    'release 3 --channel canary --message "first look" --dry-run',
  ],
  input: z.object({
    version: text,
    channel: text,
    model: text,
    message: text.optional(),
    dryRun: flag,
  }),
  run: async ({ version, message: given, dryRun, ...address }, context) => {
    const message = await requireMessage(given, context);
    if (!message.ok) return message;
    const client = await connect(context);
    if (!client.ok) return client;
    const request = { version, message: message.value, dryRun };
    const moved = await client.value.channels.release(address, request);
    return moved.ok ? ok(describeMove(moved.value, context.terminal.style, nextAfter.release)) : moved;
  },
});
