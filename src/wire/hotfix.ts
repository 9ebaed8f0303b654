import * as z from "zod";
import { signatureSchema } from "../core/bundle/signature.ts";
import { digestSchema } from "../core/digest-schema.ts";
import { CHANNEL_MAX_DISABLED } from "../core/release/channel.ts";
import { publishRequestSchema } from "./bundle.ts";
import { moveRequestFields, outcomeFields } from "./move.ts";
import { patchIdSchema } from "./patch.ts";

/** A hotfix with the exact bytes that were signed. */
export const hotfixSchema = z
  .object({
    id: digestSchema,
    model: z.string(),
    manifest: z.base64().meta({ description: "Base64 of the exact bytes." }),
    signatures: z.array(signatureSchema),
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: "Hotfix" });

/** The body that puts a hotfix live, whose blobs were uploaded before. */
export const hotfixRequestSchema = publishRequestSchema
  .pick({ manifest: true, signatures: true })
  .extend({
    disable: z.array(patchIdSchema).max(CHANNEL_MAX_DISABLED).default([]).meta({
      description: "Patches of the channel that the hotfix corrects again; disabled in the same move.",
    }),
    ...moveRequestFields,
  })
  .meta({ id: "HotfixRequest" });

/** The answer to a hotfix. */
export const hotfixOutcomeSchema = z.object({
  status: z.enum(["live", "would go live", "already live"]),
  hotfix: digestSchema,
  ...outcomeFields,
});

/** A hotfix on the wire. */
export type WireHotfix = z.infer<typeof hotfixSchema>;
/** The body that puts a hotfix live. */
export type HotfixRequest = z.input<typeof hotfixRequestSchema>;
