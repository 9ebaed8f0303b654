import { z } from "@hono/zod-openapi";
import { encodeBase64 } from "../core/base64.ts";
import { signatureSchema } from "../core/bundle/signature.ts";
import type { HotfixRecord } from "../store/ports.ts";

/** A hotfix with the exact bytes that were signed. */
export const hotfixSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    manifest: z.string().openapi({ description: "Base64 of the exact bytes." }),
    signatures: z.array(signatureSchema),
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .openapi("Hotfix");

/** Puts a hotfix on the wire. */
export const toWireHotfix = (record: HotfixRecord): z.infer<typeof hotfixSchema> => ({
  id: record.id,
  model: record.model,
  manifest: encodeBase64(record.manifestBytes),
  signatures: [...record.signatures],
  createdAt: record.createdAt,
  createdBy: record.createdBy,
});
