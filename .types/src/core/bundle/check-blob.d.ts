import type { Digest } from "../digest.ts";
import type { Result } from "../result.ts";
/** Checks that `bytes` are those that `digest` names. Errors: `digest_mismatch`, param `blobs`. */
export declare const checkBlob: (digest: Digest, bytes: Uint8Array) => Promise<Result<Uint8Array>>;
