import * as z from "zod";
import { decodeBase64 } from "../base64.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { keyIdOf, PUBLIC_KEY_BYTES, type TrustedKeys } from "./signature.ts";

const trustedKeysSchema = z.record(z.string(), z.string());

const malformed = (fault: string): Problem =>
  problem(
    "invalid_request",
    `TRUSTED_KEYS is malformed: ${fault}. Expected a JSON object {"<key id>": "<base64 of the 32-byte Ed25519 public ` +
      `key>"}, as "errata keys generate" prints it.`,
    { param: "TRUSTED_KEYS" },
  );

const parseObject = (text: string): Result<Record<string, string>> => {
  try {
    const parsed = trustedKeysSchema.safeParse(JSON.parse(text));
    return parsed.success ? ok(parsed.data) : fail(malformed("it is not an object of strings"));
  } catch {
    return fail(malformed("it is not JSON"));
  }
};

/**
 * Reads the `TRUSTED_KEYS` setting. Each id must be the one its key has (`keyIdOf`), so that a slip in the
 * configuration shows at once instead of as a signature that never verifies.
 *
 * Errors: `invalid_request`, param `TRUSTED_KEYS`.
 */
export const parseTrustedKeys = async (text: string): Promise<Result<TrustedKeys>> => {
  const parsed = parseObject(text);
  if (!parsed.ok) return parsed;
  for (const [keyId, key] of Object.entries(parsed.value)) {
    const raw = decodeBase64(key);
    if (raw?.length !== PUBLIC_KEY_BYTES)
      return fail(malformed(`the key "${keyId}" is not ${PUBLIC_KEY_BYTES} bytes in base64`));
    const expected = await keyIdOf(raw);
    if (expected !== keyId) return fail(malformed(`the key under "${keyId}" has the id ${expected}`));
  }
  return ok(parsed.value);
};
