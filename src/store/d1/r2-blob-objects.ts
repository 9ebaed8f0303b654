import { type Digest, hexDigits } from "../../core/digest.ts";
import type { BlobObjects } from "../ports.ts";

/** The key of a blob in the bucket: `blobs/<64 hexadecimal digits>`. */
const keyOf = (digest: Digest): string => `blobs/${hexDigits(digest)}`;

/** Keeps large blobs in an R2 bucket. R2 itself refuses an upload whose sha256 is not the named one. */
export const createR2BlobObjects = (bucket: R2Bucket): BlobObjects => ({
  put: async (digest, bytes) => {
    await bucket.put(keyOf(digest), bytes, { sha256: hexDigits(digest) });
  },
  get: async (digest) => {
    const object = await bucket.get(keyOf(digest));
    return object === null ? null : new Uint8Array(await object.arrayBuffer());
  },
});
