import { fail, ok, type Result } from "../../core/result.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import {
  generateSigningKey,
  keyFileExists,
  keyFileOf,
  trustedKeysValue,
  writeSigningKey,
} from "./signing-key.ts";

/** Where to keep a new key. */
export interface KeyOptions {
  /** The key file; the project's own where it is left out. */
  readonly out?: string | undefined;
  /** Whether to replace a key that is there. */
  readonly force?: boolean | undefined;
}

/** A key that was made. */
export interface GeneratedKey {
  readonly path: string;
  readonly keyId: string;
  /** The value of `TRUSTED_KEYS` that trusts it alone. */
  readonly trustedKeys: string;
}

/** Where a new key would be kept. Errors: `invalid_request` where there is one that may not be replaced. */
export const planKeyFile = async (
  { out, force = false }: KeyOptions,
  context: WorkshopContext,
): Promise<Result<string>> => {
  const path = keyFileOf(out, context);
  return !force && (await readBytesIfPresent(path)) !== null ? fail(keyFileExists(path)) : ok(path);
};

/** Makes a key pair that signs bundles, in a file that only its owner can read. Errors: those of `writeSigningKey`. */
export const generateKeyFile = async (
  { out, force = false }: KeyOptions,
  context: WorkshopContext,
): Promise<Result<GeneratedKey>> => {
  const path = keyFileOf(out, context);
  const { key, jwk } = await generateSigningKey();
  const written = await writeSigningKey(path, jwk, force);
  if (!written.ok) return written;
  return ok({ path, keyId: key.keyId, trustedKeys: trustedKeysValue([key]) });
};
