import type { Digest } from "../core/digest.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { missingBlobsSchema, type StoredBlob, storedBlobSchema } from "../wire/blob.ts";
import { REQUEST_LIMITS } from "../wire/limits.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Blobs by digest. */
export const blobMethods = ({ send, json, interrupted }: Transport) => ({
  /** Those of `digests` that the service does not have, in order. */
  missing: async (digests: readonly Digest[], call?: CallOptions): Promise<Result<readonly Digest[]>> => {
    const missing: Digest[] = [];
    for (let start = 0; start < digests.length; start += REQUEST_LIMITS.missingDigests) {
      const asked = { digests: digests.slice(start, start + REQUEST_LIMITS.missingDigests) };
      const request = { method: "POST", path: "/v1/blobs/missing", json: asked } as const;
      const answer = await json(request, missingBlobsSchema, call);
      if (!answer.ok) return answer;
      missing.push(...answer.value.missing);
    }
    return ok(missing);
  },

  /** Uploads a blob; the service verifies that the bytes have this digest. */
  put: (digest: Digest, bytes: Uint8Array, call?: CallOptions): Promise<Result<StoredBlob>> =>
    json({ method: "PUT", path: `/v1/blobs/${digest}`, bytes }, storedBlobSchema, call),

  /** A blob's bytes, as they came: whoever must rely on them verifies the digest. Errors: `unknown_blob`. */
  get: async (digest: Digest, call?: CallOptions): Promise<Result<Uint8Array>> => {
    const answer = await send({ method: "GET", path: `/v1/blobs/${digest}` }, call);
    if (!answer.ok) return answer;
    try {
      return ok(new Uint8Array(await answer.value.arrayBuffer()));
    } catch (cause) {
      return fail(interrupted(cause, call));
    }
  },
});
