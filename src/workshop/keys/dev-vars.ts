import { join } from "node:path";
import { parseEnv } from "node:util";
import { readBytesIfPresent } from "../directories/files.ts";

/** Where local settings are looked up, first hit first; the example is what a fresh clone has. */
const DEV_VARS_FILES = [".dev.vars", ".dev.vars.example"];

/**
 * A setting of the local service: out of `.dev.vars` where that names it, else out of `.dev.vars.example`.
 * Undefined where neither does.
 */
export const readDevVar = async (projectDirectory: string, name: string): Promise<string | undefined> => {
  for (const file of DEV_VARS_FILES) {
    const bytes = await readBytesIfPresent(join(projectDirectory, file));
    const value = bytes && parseEnv(new TextDecoder().decode(bytes))[name];
    if (value) return value;
  }
  return undefined;
};
