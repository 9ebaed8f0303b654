import { z } from "zod";
import type { WireChannelPatch } from "../../../client/client.ts";
import { counted } from "../../../core/counted.ts";
import { shortId } from "../../../core/digest.ts";
import { ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import { defineCommand } from "../../command.ts";
import { channelName, describeServed, describeVersion } from "../../describe/move.ts";
import { layerCell } from "../../describe/patch-place.ts";
import { CHANNEL, MODEL, text } from "../../options.ts";
import type { Style } from "../../style.ts";
import { formatTable } from "../../table.ts";

const sourceOf = ({ version, hotfix }: WireChannelPatch): string =>
  hotfix === null ? describeVersion(version) : `hotfix ${shortId(hotfix)}`;

const formatPatches = (patches: readonly WireChannelPatch[], style: Style): string =>
  formatTable(
    ["PATCH", "STATE", "KIND", "LAYER", "SOURCE", "TARGET", "PROMPT"],
    patches.map((patch) => {
      const { id, state, kind, layer, edits } = patch;
      const more = edits.length > 1 ? ` (and ${counted(edits.length - 1, "edit")} more)` : "";
      const shown = state === "attached" ? style.good(state) : style.bad(state);
      const [first] = edits;
      const prompt = `${first?.prompt ?? ""}${more}`;
      return [id, shown, kind, layerCell(layer), sourceOf(patch), first?.target.trim() ?? "", prompt];
    }),
    style.faint,
  );

/** `errata patch list`: what a channel holds, patch by patch. */
export const patchListCommand = defineCommand({
  name: "patch list",
  summary: "list the patches of a channel: their edits, where they come from, and whether they are attached",
  options: [CHANNEL, MODEL],
  examples: ["patch list", "patch list --channel canary --json"],
  input: z.object({ channel: text, model: text }),
  run: async ({ channel: name, model }, context) => {
    const client = await connect(context);
    if (!client.ok) return client;
    const listed = await client.value.patches.list({ model, channel: name });
    if (!listed.ok) return listed;
    const { channel, data } = listed.value;
    const { style } = context.terminal;
    const head = `${channelName(channel)}: ${describeServed(channel)}, patch set ${channel.patchSet}`;
    const body = data.length === 0 ? "No patches." : formatPatches(data, style);
    return ok({ document: { channel, patches: data }, text: `${style.faint(head)}\n\n${body}` });
  },
});
