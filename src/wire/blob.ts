import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";
import { requestDigestSchema } from "./digest.ts";
import { REQUEST_LIMITS } from "./limits.ts";

/** The body that asks which blobs are not stored yet. */
export const missingBlobsRequestSchema = z.object({
  digests: z.array(requestDigestSchema).max(REQUEST_LIMITS.missingDigests),
});

/** Those that are not. */
export const missingBlobsSchema = z.object({ missing: z.array(digestSchema) });

/** What storing a blob did. */
export const storedBlobSchema = z.object({ digest: digestSchema, status: z.enum(["stored", "present"]) });

/** What storing a blob did, on the wire. */
export type StoredBlob = z.infer<typeof storedBlobSchema>;
