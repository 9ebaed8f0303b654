import type { ServiceClient } from "../../client/client.ts";
import { decodeBase64 } from "../../core/base64.ts";
import { type Manifest, parseManifest } from "../../core/bundle/manifest.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import { type Digest, digestOf } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** Parses a manifest that the service handed out under `id`. Errors: `digest_mismatch`; those of `parseManifest`. */
export const parseServedManifest = async (base64: string, id: Digest): Promise<Result<Manifest>> => {
  const bytes = decodeBase64(base64) ?? new Uint8Array();
  if ((await digestOf(bytes)) === id) return parseManifest(bytes);
  const message = `The service's manifest of ${id} does not have the digest that names it.`;
  return fail(problem("digest_mismatch", message, { param: "manifest" }));
};

/** Fetches blobs from the service. */
export const remoteBlobs =
  (client: ServiceClient): BlobGetter =>
  async (digests) => {
    const blobs = new Map<Digest, Uint8Array>();
    for (const digest of digests) {
      const bytes = await client.blobs.get(digest);
      if (!bytes.ok) return bytes;
      blobs.set(digest, bytes.value);
    }
    return ok(blobs);
  };
