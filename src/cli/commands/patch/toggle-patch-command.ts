import { z } from "zod";
import { type Command, type CommandDefinition, defineCommand } from "../../command.ts";
import { moveChannel } from "../../move-channel.ts";
import { CHANNEL, DRY_RUN, flag, MESSAGE, MODEL, text } from "../../options.ts";

/** What tells the two commands apart. */
interface ToggleFacts extends Pick<CommandDefinition<unknown>, "summary" | "details" | "examples"> {
  readonly action: "disable" | "enable";
}

/** `errata patch disable` or `errata patch enable`: one move of one patch of a channel. */
export const togglePatchCommand = ({ action, ...facts }: ToggleFacts): Command =>
  defineCommand({
    ...facts,
    name: `patch ${action}`,
    arguments: [{ name: "patch", syntax: "<patch>", description: "its id, as errata patch list shows it" }],
    options: [CHANNEL, MODEL, MESSAGE, DRY_RUN],
    input: z.object({ patch: text, channel: text, model: text, message: text.optional(), dryRun: flag }),
    run: ({ patch, message: reason, dryRun, ...address }, context) =>
      moveChannel(reason, context, (client, message) =>
        client.patches[action](address, { patch, message, dryRun }),
      ),
  });
