import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import type { Command, CommandDefinition } from "../../command.ts";
import { defineCommand } from "../../command.ts";
import { describeMove } from "../../describe/move.ts";
import { CHANNEL, DRY_RUN, flag, MESSAGE, MODEL, text } from "../../options.ts";
import { requireMessage } from "../../require-message.ts";

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
    run: async ({ patch, message: given, dryRun, ...address }, context) => {
      const message = await requireMessage(given, context);
      if (!message.ok) return message;
      const client = await connect(context);
      if (!client.ok) return client;
      const request = { patch, message: message.value, dryRun };
      const moved = await client.value.patches[action](address, request);
      return moved.ok ? ok(describeMove(moved.value, context.terminal.style)) : moved;
    },
  });
