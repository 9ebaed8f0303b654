import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrustedKeys } from "../../core/bundle/signature.ts";
import { ok, type Result } from "../../core/result.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import { DEFAULT_KEY_FILE, generateSigningKey, writeSigningKey } from "../keys/signing-key.ts";
import { findTrustedKeys } from "../keys/trusted-keys.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Settings of the local service, from the project's root; git ignores it. */
export const DEV_VARS_FILE = ".dev.vars";
const DEV_VARS_EXAMPLE = ".dev.vars.example";

const copyDevVars = async (projectDirectory: string): Promise<void> => {
  const target = join(projectDirectory, DEV_VARS_FILE);
  try {
    await copyFile(join(projectDirectory, DEV_VARS_EXAMPLE), target, constants.COPYFILE_EXCL);
  } catch (cause) {
    // Settings that are there are the operator's own.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
};

const makeSigningKey = async (projectDirectory: string): Promise<Result<null>> => {
  const path = join(projectDirectory, DEFAULT_KEY_FILE);
  if ((await readBytesIfPresent(path)) !== null) return ok(null);
  const { jwk } = await generateSigningKey();
  return writeSigningKey(path, jwk, false);
};

/**
 * Makes what local work needs and what is not there yet: `.dev.vars`, and a key to sign with. Returns the keys that
 * the local service is to trust: those of `.dev.vars`, and the local one.
 *
 * Errors: those of `findTrustedKeys`.
 */
export const prepareLocalSetup = async (context: WorkshopContext): Promise<Result<TrustedKeys>> => {
  await copyDevVars(context.projectDirectory);
  const made = await makeSigningKey(context.projectDirectory);
  return made.ok ? findTrustedKeys({}, context) : made;
};
