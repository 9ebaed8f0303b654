import { join, resolve } from "node:path";
import { z } from "zod";
import type { Result } from "../../../core/result.ts";
import { fail, ok } from "../../../core/result.ts";
import { readBytesIfPresent } from "../../../workshop/directories/files.ts";
import {
  DEFAULT_KEY_FILE,
  generateSigningKey,
  keyFileExists,
  trustedKeysValue,
  writeSigningKey,
} from "../../../workshop/keys/signing-key.ts";
import type { Outcome } from "../../command.ts";
import { defineCommand } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { DRY_RUN, flag, text } from "../../options.ts";
import { formatFields } from "../../table.ts";

const keyPath = (out: string | undefined, context: RunningContext): string =>
  out === undefined
    ? join(context.projectDirectory, DEFAULT_KEY_FILE)
    : resolve(context.workingDirectory, out);

const preview = async (path: string, force: boolean): Promise<Result<Outcome>> => {
  if (!force && (await readBytesIfPresent(path)) !== null) return fail(keyFileExists(path));
  return ok({ document: { status: "would write", path }, text: `would write: a new key to ${path}` });
};

/** `errata keys generate`: a key pair that signs bundles. */
export const keysGenerateCommand = defineCommand({
  name: "keys generate",
  summary: "make an Ed25519 key that signs bundles",
  details:
    "The private key goes into a file that only its owner can read, as a JWK. The TRUSTED_KEYS value that is printed " +
    "makes a service accept what the key signs: as a line of .dev.vars for local work, under [vars] of wrangler.toml " +
    "for a deployment.",
  options: [
    { flags: "--out <file>", description: `the key file (default: ${DEFAULT_KEY_FILE} of the project)` },
    {
      flags: "--force",
      description: "replace a key that is there; nothing more can be signed with that one",
    },
    DRY_RUN,
  ],
  examples: ["keys generate", "keys generate --out release-key.json"],
  input: z.object({ out: text.optional(), force: flag, dryRun: flag }),
  run: async ({ out, force, dryRun }, context) => {
    const path = keyPath(out, context);
    if (dryRun) return preview(path, force);
    const { key, jwk } = await generateSigningKey();
    const written = await writeSigningKey(path, jwk, force);
    if (!written.ok) return written;
    const trustedKeys = trustedKeysValue([key]);
    const fields = formatFields([
      ["key id", key.keyId],
      ["file", path],
    ]);
    return ok({
      document: { status: "written", keyId: key.keyId, path, trustedKeys },
      text: `${fields}\n\nTRUSTED_KEYS='${trustedKeys}'`,
    });
  },
});
