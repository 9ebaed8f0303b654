import { z } from "zod";
import { defineCommand } from "../command.ts";
import { nextAfter } from "../describe/move.ts";
import { moveChannel } from "../move-channel.ts";
import { CHANNEL, DRY_RUN, flag, MESSAGE, MODEL, text } from "../options.ts";

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
  run: ({ version, message: reason, dryRun, ...address }, context) =>
    moveChannel(
      reason,
      context,
      (client, message) => client.channels.release(address, { version, message, dryRun }),
      nextAfter.release,
    ),
});
