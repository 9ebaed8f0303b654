import { z } from "zod";
import { counted } from "../../../core/counted.ts";
import { shortId } from "../../../core/digest.ts";
import { ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import { findBaseModel } from "../../../workshop/directories/base-model.ts";
import { readKeyOf, writeSignedBundle } from "../../../workshop/editing/write-signed-bundle.ts";
import { DEFAULT_KEY_FILE } from "../../../workshop/keys/signing-key.ts";
import { absorbHotfixes } from "../../../workshop/publishing/absorb-hotfixes.ts";
import { readServedPatches, type ServedPatches } from "../../../workshop/publishing/served-patches.ts";
import { defineCommand } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { channelName, describeServed } from "../../describe/move.ts";
import { CHANNEL, DRY_RUN, flag, MODEL, text } from "../../options.ts";

interface Input {
  readonly channel: string;
  readonly model: string;
  readonly out?: string | undefined;
  readonly key?: string | undefined;
  readonly dryRun: boolean;
}

const absorb = async ({ catalog, channel, getBlobs }: ServedPatches, context: RunningContext) => {
  const named = catalog.sources[0]?.manifest.model;
  const model = named === undefined ? ok(null) : await findBaseModel(named, context);
  return model.ok ? absorbHotfixes(catalog, channel, model.value, getBlobs) : model;
};

/** `errata bundle absorb`: the next bundle out of what a channel serves. */
export const bundleAbsorbCommand = defineCommand<Input>({
  name: "bundle absorb",
  summary: "make the next bundle out of a channel's bundle and hotfixes, without its disabled patches",
  details:
    "Nothing is computed anew: the bundle holds exactly the patches that the channel serves now. Publish and release " +
    "it, and the hotfixes leave the channel, as the bundle contains them.",
  options: [
    CHANNEL,
    MODEL,
    { flags: "--out <dir>", description: "where to write the bundle (default .errata/bundles/<id>)" },
    { flags: "--key <file>", description: `the signing key (default ${DEFAULT_KEY_FILE})` },
    DRY_RUN,
  ],
  examples: ["bundle absorb --channel stable --out next", "bundle absorb --out next --dry-run --json"],
  input: z.object({
    channel: text,
    model: text,
    out: text.optional(),
    key: text.optional(),
    dryRun: flag,
  }),
  run: async (options, context) => {
    const key = await readKeyOf(options, context);
    if (!key.ok) return key;
    const client = await connect(context);
    if (!client.ok) return client;
    const served = await readServedPatches(client.value, options.model, options.channel);
    if (!served.ok) return served;
    const absorbed = await absorb(served.value, context);
    if (!absorbed.ok) return absorbed;
    const { bundle } = absorbed.value;
    const written = await writeSignedBundle(bundle, key.value, options.out, context);
    if (!written.ok) return written;
    const { directory, shown } = written.value;
    const { channel } = served.value;
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
        ...hotfixes.map((id) => `absorbed hotfix ${shortId(id)}: ${absorbed.value.patchesOf(id).join(", ")}`),
        ...disabled.map((id) => `left out: ${id}`),
        options.dryRun
          ? `Dry run: ${bundle.id} with ${counted(bundle.manifest.patches.length, "patch", "patches")} was not written.`
          : `Wrote ${bundle.id} to ${shown}. Next: errata publish ${shown}`,
      ].join("\n"),
    });
  },
});
