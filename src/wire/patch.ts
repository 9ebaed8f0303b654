import { z } from "@hono/zod-openapi";
import { patchBytes } from "../core/patch/patch-record.ts";
import type { ChannelState } from "../core/release/channel.ts";
import type { CatalogPatch } from "../core/release/patch-catalog.ts";

/** One patch that a channel holds. */
export const channelPatchSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["low-rank", "neurons", "codebook"]),
    layer: z.int(),
    blob: z.string(),
    bytes: z.int(),
    edits: z.array(z.object({ prompt: z.string(), target: z.string() })),
    version: z.int().nullable().openapi({ description: "The bundle it is of; null for a hotfix's." }),
    hotfix: z.string().nullable().openapi({ description: "The hotfix it came with; null for the bundle's." }),
    state: z.enum(["attached", "disabled"]),
  })
  .openapi("ChannelPatch");

/** Puts a patch of a channel on the wire. */
export const toWirePatch = (
  { record, edits, hotfix, enabled }: CatalogPatch,
  { target }: ChannelState,
): z.infer<typeof channelPatchSchema> => ({
  id: record.id,
  kind: record.kind,
  layer: record.layer,
  blob: record.blob,
  bytes: patchBytes(record),
  edits: edits.map(({ prompt, target: answer }) => ({ prompt, target: answer })),
  version: hotfix === null ? (target?.version ?? null) : null,
  hotfix,
  state: enabled ? "attached" : "disabled",
});
