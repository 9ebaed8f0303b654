import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { EDIT_ID_MAX_LENGTH } from "../core/edit/edit.ts";
import { PATCH_KIND_NAMES } from "../core/patch/patch.ts";
import { channelSchema } from "./channel.ts";
import { moveRequestFields, outcomeOf } from "./move.ts";

/** The kinds of patches. */
export const patchKindSchema = z.enum(PATCH_KIND_NAMES);

/** Where a patch acts. */
export const layerSchema = z
  .int()
  .nullable()
  .meta({ description: "The block that it acts in; null for kinds that act outside of the model." });

/** The id of a patch in a request. */
export const patchIdSchema = z.string().min(1).max(EDIT_ID_MAX_LENGTH);

/** One patch that a channel holds. */
export const channelPatchSchema = z
  .object({
    id: z.string(),
    kind: patchKindSchema,
    layer: layerSchema,
    blob: digestSchema,
    bytes: z.int(),
    edits: z.array(z.object({ prompt: z.string(), target: z.string() })),
    version: z.int().nullable().meta({ description: "The bundle it is of; null for a hotfix's." }),
    hotfix: digestSchema.nullable().meta({ description: "The hotfix it came with; null for the bundle's." }),
    state: z.enum(["attached", "disabled"]),
  })
  .meta({ id: "ChannelPatch" });

/** A channel and every patch that it holds. */
export const channelPatchesSchema = z.object({ channel: channelSchema, data: z.array(channelPatchSchema) });

/** The body that disables or enables one patch. */
export const toggleRequestSchema = z.object({ patch: patchIdSchema, ...moveRequestFields });

/** The answer to a disable. */
export const disableOutcomeSchema = outcomeOf(["disabled", "would disable", "already disabled"]);
/** The answer to an enable. */
export const enableOutcomeSchema = outcomeOf(["enabled", "would enable", "already enabled"]);

/** A patch of a channel, on the wire. */
export type WireChannelPatch = z.infer<typeof channelPatchSchema>;
/** A channel and its patches, on the wire. */
export type WireChannelPatches = z.infer<typeof channelPatchesSchema>;
/** The body that disables or enables one patch. */
export type ToggleRequest = z.input<typeof toggleRequestSchema>;
