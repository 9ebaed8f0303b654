import { z } from "@hono/zod-openapi";
import { encodeBase64 } from "../core/base64.ts";
import { signatureSchema } from "../core/bundle/signature.ts";
import type { BundleRecord, BundleSummary } from "../store/ports.ts";

/** What a list says of a bundle. */
export const bundleSummarySchema = z
  .object({
    id: z.string(),
    model: z.string(),
    version: z.int(),
    method: z.string(),
    edits: z.int(),
    patches: z.int(),
    bytes: z.int(),
    publishedAt: z.string(),
    publishedBy: z.string(),
    parent: z.string().nullable(),
  })
  .openapi("BundleSummary");

/** A bundle with the exact bytes that were signed. */
export const bundleSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    version: z.int(),
    manifest: z.string().openapi({ description: "Base64 of the exact bytes." }),
    signatures: z.array(signatureSchema),
    report: z.string().nullable().openapi({ description: "Base64 of `report.json`." }),
    publishedAt: z.string(),
    publishedBy: z.string(),
  })
  .openapi("Bundle");

/** The body that publishes a bundle, whose patch blobs were uploaded before. */
export const publishRequestSchema = z
  .object({
    manifest: z.base64().openapi({ description: "Base64 of the exact bytes." }),
    signatures: z.array(z.object({ keyId: z.string(), signature: z.string() })),
    report: z.base64().nullish(),
    dryRun: z.boolean().optional(),
  })
  .openapi("PublishRequest");

/** What publishing did. */
export const publicationSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    version: z.int(),
    status: z.enum(["published", "already published", "would publish"]),
  })
  .openapi("Publication");

/** The body that publishes a bundle. */
export type PublishRequest = z.infer<typeof publishRequestSchema>;
/** What publishing did, on the wire. */
export type Publication = z.infer<typeof publicationSchema>;

/** Puts a bundle's summary on the wire. */
export const toWireSummary = (summary: BundleSummary): z.infer<typeof bundleSummarySchema> => ({
  id: summary.id,
  model: summary.model,
  version: summary.version,
  method: summary.method,
  edits: summary.edits,
  patches: summary.patches,
  bytes: summary.bytes,
  publishedAt: summary.publishedAt,
  publishedBy: summary.publishedBy,
  parent: summary.parent,
});

/** Puts a bundle on the wire. */
export const toWireBundle = (record: BundleRecord): z.infer<typeof bundleSchema> => ({
  id: record.id,
  model: record.model,
  version: record.version,
  manifest: encodeBase64(record.manifestBytes),
  signatures: [...record.signatures],
  report: record.report && encodeBase64(record.report),
  publishedAt: record.publishedAt,
  publishedBy: record.publishedBy,
});
