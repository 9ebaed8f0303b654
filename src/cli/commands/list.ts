import { z } from "zod";
import type { WireBundleSummary, WireChannel } from "../../client/client.ts";
import { ok } from "../../core/result.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { defineCommand } from "../command.ts";
import { MODEL, text } from "../options.ts";
import type { Style } from "../style.ts";
import { formatBytes, formatTable } from "../table.ts";

const formatBundles = (
  bundles: readonly WireBundleSummary[],
  channels: readonly WireChannel[],
  style: Style,
): string => {
  const servedOn = (id: string) =>
    channels
      .filter(({ bundle }) => bundle === id)
      .map(({ channel }) => channel)
      .join(", ");
  return formatTable(
    ["VERSION", "CHANNELS", "METHOD", "EDITS", "PATCHES", "SIZE", "PUBLISHED", "BY", "BUNDLE"],
    bundles.map((bundle) => [
      String(bundle.version),
      style.good(servedOn(bundle.id)),
      bundle.method,
      String(bundle.edits),
      String(bundle.patches),
      formatBytes(bundle.bytes),
      bundle.publishedAt,
      bundle.publishedBy,
      bundle.id,
    ]),
    style.faint,
  );
};

const formatChannels = (channels: readonly WireChannel[], style: Style): string =>
  formatTable(
    ["CHANNEL", "VERSION", "SEQUENCE", "MOVED"],
    channels.map(({ channel, version, sequence, updatedAt }) => [
      style.strong(channel),
      version === null ? "none" : String(version),
      String(sequence),
      updatedAt ?? "never",
    ]),
    style.faint,
  );

/** `errata list`: a model's bundles and channels. */
export const listCommand = defineCommand({
  name: "list",
  summary: "list a model's published bundles and its channels",
  options: [MODEL],
  examples: ["list", "list --model world --json"],
  input: z.object({ model: text }),
  run: async ({ model }, context) => {
    const client = await connect(context);
    if (!client.ok) return client;
    const bundles = await client.value.bundles.list(model);
    if (!bundles.ok) return bundles;
    const channels = await client.value.channels.list(model);
    if (!channels.ok) return channels;
    const { style } = context.terminal;
    const sections = [
      bundles.value.length === 0
        ? `No bundles of ${model} are published. Publish one with: errata publish DIR`
        : formatBundles(bundles.value, channels.value, style),
      channels.value.length === 0
        ? "No channel has moved yet: all serve the bare model."
        : formatChannels(channels.value, style),
    ];
    return ok({
      document: { model, bundles: bundles.value, channels: channels.value },
      text: sections.join("\n\n"),
    });
  },
});
