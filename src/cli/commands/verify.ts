import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { ok } from "../../core/result.ts";
import { verifyBundleDirectory } from "../../workshop/bundles/verify-bundle-directory.ts";
import { defineCommand } from "../command.ts";
import { text } from "../options.ts";

/** `errata verify`: every check that the service makes, on a bundle directory. */
export const verifyCommand = defineCommand({
  name: "verify",
  summary: "check a bundle directory: signature, digests, shapes, finite tensors",
  details:
    "The checks are those that a service makes before it accepts a bundle. The base model's description comes from " +
    "--model, else from models/<name> of the project, else from the service.",
  arguments: [{ name: "directory", syntax: "<directory>", description: "the bundle's directory" }],
  options: [
    { flags: "--key <file>", description: "trust this key file, as errata keys generate writes it" },
    {
      flags: "--trusted <json>",
      description: "trust these keys, a TRUSTED_KEYS value (default: that of .dev.vars)",
    },
    { flags: "--model <directory>", description: "the base model's directory, or its name under models/" },
  ],
  examples: ["verify bundle", "verify bundle --key .errata/signing-key.json --json"],
  input: z.object({
    directory: text,
    key: text.optional(),
    trusted: text.optional(),
    model: text.optional(),
  }),
  run: async (options, context) => {
    const checked = await verifyBundleDirectory(options, context);
    if (!checked.ok) return checked;
    const { id, manifest, signers } = checked.value.verified;
    const counts = `${counted(manifest.edits.length, "edit")}, ${counted(manifest.patches.length, "patch", "patches")}`;
    return ok({
      document: { status: "verified", id, model: manifest.model, signers },
      text: `${context.terminal.style.good("verified")}: ${id}\n${counts} for ${manifest.model.name}, signed by ${signers.join(", ")}`,
    });
  },
});
