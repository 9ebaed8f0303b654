import * as z from "zod";
import { signatureSchema } from "../core/bundle/signature.ts";
import { digestSchema } from "../core/digest-schema.ts";
import { pageOf, pageQueryOf } from "./page.ts";

/** What a list says of a bundle. */
export const bundleSummarySchema = z
  .object({
    id: digestSchema,
    model: z.string(),
    version: z.int(),
    method: z.string(),
    edits: z.int(),
    patches: z.int(),
    bytes: z.int(),
    publishedAt: z.string(),
    publishedBy: z.string(),
    parent: digestSchema.nullable(),
  })
  .meta({ id: "BundleSummary" });

/** Which bundles to list. */
export const bundleQuerySchema = z.object({
  model: z.string().optional().meta({ description: "The default model where absent." }),
  ...pageQueryOf("The last version of the page before."),
});

/** Bundles, newest first. */
export const bundlePageSchema = pageOf(bundleSummarySchema);

/** A bundle with the exact bytes that were signed. */
export const bundleSchema = z
  .object({
    id: digestSchema,
    model: z.string(),
    version: z.int(),
    manifest: z.base64().meta({ description: "Base64 of the exact bytes." }),
    signatures: z.array(signatureSchema),
    report: z.base64().nullable().meta({ description: "Base64 of `report.json`." }),
    publishedAt: z.string(),
    publishedBy: z.string(),
  })
  .meta({ id: "Bundle" });

/** The body that publishes a bundle, whose patch blobs were uploaded before. */
export const publishRequestSchema = z
  .object({
    manifest: z.base64().meta({ description: "Base64 of the exact bytes." }),
    signatures: z.array(z.object({ keyId: z.string(), signature: z.string() })),
    report: z.base64().nullish(),
    dryRun: z.boolean().optional(),
  })
  .meta({ id: "PublishRequest" });

/** What publishing did. */
export const publicationSchema = z
  .object({
    id: digestSchema,
    model: z.string(),
    version: z.int(),
    status: z.enum(["published", "already published", "would publish"]),
  })
  .meta({ id: "Publication" });

/** A bundle in a list, on the wire. */
export type WireBundleSummary = z.infer<typeof bundleSummarySchema>;
/** A bundle on the wire. */
export type WireBundle = z.infer<typeof bundleSchema>;
/** The body that publishes a bundle. */
export type PublishRequest = z.input<typeof publishRequestSchema>;
/** What publishing did, on the wire. */
export type Publication = z.infer<typeof publicationSchema>;
