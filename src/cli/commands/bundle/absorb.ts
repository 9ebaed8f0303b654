import { z } from "zod";
import { shortId } from "../../../core/digest.ts";
import { ok } from "../../../core/result.ts";
import { absorbChannel } from "../../../workshop/publishing/absorb-channel.ts";
import { defineCommand } from "../../command.ts";
import { channelName, describeServed } from "../../describe/move.ts";
import { describeWritten } from "../../describe/written-bundle.ts";
import { BUNDLE_OUT, CHANNEL, DRY_RUN, flag, MODEL, SIGNING_KEY, text } from "../../options.ts";

/** `errata bundle absorb`: the next bundle out of what a channel serves. */
export const bundleAbsorbCommand = defineCommand({
  name: "bundle absorb",
  summary: "make the next bundle out of a channel's bundle and hotfixes, without its disabled patches",
  details:
    "Nothing is computed anew: the bundle holds exactly the patches that the channel serves now. Publish and release " +
    "it, and the hotfixes leave the channel, as the bundle contains them.",
  options: [CHANNEL, MODEL, BUNDLE_OUT, SIGNING_KEY, DRY_RUN],
  examples: ["bundle absorb --channel stable --out next", "bundle absorb --out next --dry-run --json"],
  input: z.object({
    channel: text,
    model: text,
    out: text.optional(),
    key: text.optional(),
    dryRun: flag,
  }),
  run: async (options, context) => {
    const absorbed = await absorbChannel(options, context);
    if (!absorbed.ok) return absorbed;
    const { bundle, directory, channel, patchesOf } = absorbed.value;
    const { hotfixes, disabled } = channel;
    return ok({
      document: {
        bundle: bundle.id,
        directory,
        parent: bundle.manifest.parent,
        patches: bundle.manifest.patches.length,
        absorbed: hotfixes,
        leftOut: disabled,
      },
      text: [
        `${channelName(channel)} serves ${describeServed(channel)}`,
        ...hotfixes.map((id) => `absorbed hotfix ${shortId(id)}: ${patchesOf(id).join(", ")}`),
        ...disabled.map((id) => `left out: ${id}`),
        describeWritten(absorbed.value, context),
      ].join("\n"),
    });
  },
});
