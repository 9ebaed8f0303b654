import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { generateKeyFile, planKeyFile } from "../../../workshop/keys/generate-key-file.ts";
import { DEFAULT_KEY_FILE } from "../../../workshop/keys/signing-key.ts";
import { defineCommand } from "../../command.ts";
import { DRY_RUN, flag, text } from "../../options.ts";
import { formatFields } from "../../table.ts";

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
  run: async ({ dryRun, ...options }, context) => {
    if (dryRun) {
      const path = await planKeyFile(options, context);
      if (!path.ok) return path;
      const document = { status: "would write", path: path.value };
      return ok({ document, text: `would write: a new key to ${path.value}` });
    }
    const generated = await generateKeyFile(options, context);
    if (!generated.ok) return generated;
    const { path, keyId, trustedKeys } = generated.value;
    const fields = formatFields([
      ["key id", keyId],
      ["file", path],
    ]);
    return ok({
      document: { status: "written", keyId, path, trustedKeys },
      text: `${fields}\n\nTRUSTED_KEYS='${trustedKeys}'`,
    });
  },
});
