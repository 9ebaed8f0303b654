import { resolve } from "node:path";
import { z } from "zod";
import { verifyBundle } from "../../core/bundle/verify-bundle.ts";
import { counted } from "../../core/counted.ts";
import { ok } from "../../core/result.ts";
import { findBaseModel } from "../../workshop/directories/base-model.ts";
import { readBundleDirectory } from "../../workshop/directories/bundle-directory.ts";
import { readModelDescription, resolveModelDirectory } from "../../workshop/directories/model-directory.ts";
import { findTrustedKeys } from "../../workshop/keys/trusted-keys.ts";
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
  run: async ({ directory, key, trusted, model: named }, context) => {
    const bundle = await readBundleDirectory(resolve(context.workingDirectory, directory));
    if (!bundle.ok) return bundle;
    const trustedKeys = await findTrustedKeys({ key, trusted }, context);
    if (!trustedKeys.ok) return trustedKeys;
    const model =
      named === undefined
        ? await findBaseModel(bundle.value.manifest.model, context)
        : await readModelDescription(await resolveModelDirectory(named, context));
    if (!model.ok) return model;
    const verified = await verifyBundle({
      ...bundle.value,
      trustedKeys: trustedKeys.value,
      model: model.value,
    });
    if (!verified.ok) return verified;
    const { id, manifest, signers } = verified.value;
    const counts = `${counted(manifest.edits.length, "edit")}, ${counted(manifest.patches.length, "patch", "patches")}`;
    return ok({
      document: { status: "verified", id, model: manifest.model, signers },
      text: `${context.terminal.style.good("verified")}: ${id}\n${counts} for ${manifest.model.name}, signed by ${signers.join(", ")}`,
    });
  },
});
