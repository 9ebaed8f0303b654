import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { ok } from "../../core/result.ts";
import { DEFAULT_MODEL } from "../../workshop/defaults.ts";
import { type PublishedBundle, publishBundle } from "../../workshop/publishing/publish-bundle.ts";
import { defineCommand } from "../command.ts";
import { DRY_RUN, flag, text } from "../options.ts";

const describe = ({ status, version, model, id, uploaded }: PublishedBundle): string => {
  if (version === null)
    return `would upload ${counted(uploaded.blobs, "blob")} and publish ${id} for ${model}`;
  const head = `${status} as version ${version} of ${model}: ${id}`;
  if (status === "would publish") return head;
  const blobs = `${head}\n${counted(uploaded.blobs, "blob")} uploaded, ${uploaded.present} already there`;
  const of = model === DEFAULT_MODEL ? "" : ` --model ${model}`;
  return status === "published"
    ? `${blobs}\nServe it with: errata release ${version}${of} --message WHY`
    : blobs;
};

/** `errata publish`: a bundle directory to the service. */
export const publishCommand = defineCommand({
  name: "publish",
  summary: "upload a bundle; the service gives it the model's next version number",
  details:
    "Verifies the bundle here first, then uploads the blobs that the service lacks, then the signed manifest. " +
    "Nothing is served until a release. Publishing the same bundle again changes nothing.",
  arguments: [{ name: "directory", syntax: "<directory>", description: "the bundle's directory" }],
  options: [
    { flags: "--key <file>", description: "trust this key file for the check made here" },
    {
      flags: "--trusted <json>",
      description: "trust these keys for the check made here, a TRUSTED_KEYS value",
    },
    DRY_RUN,
  ],
  examples: ["publish bundle", "publish bundle --dry-run --json"],
  input: z.object({ directory: text, key: text.optional(), trusted: text.optional(), dryRun: flag }),
  run: async (options, context) => {
    const published = await publishBundle(options, context);
    return published.ok ? ok({ document: published.value, text: describe(published.value) }) : published;
  },
});
