import { join, resolve } from "node:path";
import type { TrustedKeys } from "../../core/bundle/signature.ts";
import { parseTrustedKeys } from "../../core/bundle/trusted-keys.ts";
import { ok, type Result } from "../../core/result.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { readDevVar } from "./dev-vars.ts";
import { DEFAULT_KEY_FILE, readSigningKey, trustedKeysValue } from "./signing-key.ts";

/** How a command was told whom to trust. */
export interface TrustOptions {
  /** A key file, as `keys generate` writes it; its public half is trusted. */
  readonly key?: string | undefined;
  /** The text of a `TRUSTED_KEYS` setting. */
  readonly trusted?: string | undefined;
}

/** What is trusted without being told: the local service's keys, and the key that this project signs with. */
const findLocalKeys = async (projectDirectory: string): Promise<Result<readonly string[]>> => {
  const setting = (await readDevVar(projectDirectory, "TRUSTED_KEYS")) ?? "{}";
  const path = join(projectDirectory, DEFAULT_KEY_FILE);
  if ((await readBytesIfPresent(path)) === null) return ok([setting]);
  const own = await readSigningKey(path);
  return own.ok ? ok([setting, trustedKeysValue([own.value])]) : own;
};

/**
 * The keys to trust: those that the options name; else those of `TRUSTED_KEYS` in `.dev.vars` and the project's own
 * signing key. None is no failure: verification then says whose key is missing.
 *
 * Errors: those of `readSigningKey` and `parseTrustedKeys`.
 */
export const findTrustedKeys = async (
  { key, trusted }: TrustOptions,
  context: WorkshopContext,
): Promise<Result<TrustedKeys>> => {
  const texts: string[] = [];
  if (key !== undefined) {
    const read = await readSigningKey(resolve(context.workingDirectory, key));
    if (!read.ok) return read;
    texts.push(trustedKeysValue([read.value]));
  }
  if (trusted !== undefined) texts.push(trusted);
  if (texts.length === 0) {
    const local = await findLocalKeys(context.projectDirectory);
    if (!local.ok) return local;
    texts.push(...local.value);
  }
  let keys: TrustedKeys = {};
  for (const text of texts) {
    const parsed = await parseTrustedKeys(text);
    if (!parsed.ok) return parsed;
    keys = { ...keys, ...parsed.value };
  }
  return ok(keys);
};
