import { type Digest, digestOf } from "../digest.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

/** Checks that `bytes` are those that `digest` names. Errors: `digest_mismatch`, param `blobs`. */
export const checkBlob = async (digest: Digest, bytes: Uint8Array): Promise<Result<Uint8Array>> => {
  const actual = await digestOf(bytes);
  if (actual === digest) return ok(bytes);
  return fail(
    problem(
      "digest_mismatch",
      `The blob ${digest} hashes to ${actual}: it was changed after the bundle was built. Build it again.`,
      { param: "blobs", detail: { expected: digest, got: actual } },
    ),
  );
};
