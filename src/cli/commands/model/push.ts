import { z } from "zod";
import type { ServiceClient } from "../../../client/client.ts";
import type { BlobGetter } from "../../../core/bundle/verify-bundle.ts";
import { counted } from "../../../core/counted.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import type { ModelDirectory } from "../../../workshop/directories/model-directory.ts";
import { readModelDirectory, resolveModelDirectory } from "../../../workshop/directories/model-directory.ts";
import type { UploadSummary } from "../../../workshop/publishing/upload-blobs.ts";
import { uploadBlobs } from "../../../workshop/publishing/upload-blobs.ts";
import { defineCommand } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { DRY_RUN, flag, text } from "../../options.ts";

const upload = async (
  client: ServiceClient,
  { model, graph, plain, weights, tokenizer }: ModelDirectory,
  context: RunningContext,
  dryRun: boolean,
): Promise<Result<UploadSummary>> => {
  const { digests } = model;
  const read: BlobGetter = async () =>
    ok(
      new Map([
        [digests.graph, graph],
        [digests.plain, plain],
        [digests.weights, weights],
        [digests.tokenizer, tokenizer],
      ]),
    );
  return uploadBlobs(client, { digests: Object.values(digests), read }, context.progress, dryRun);
};

/** `errata model push`: a prepared model to the service. */
export const modelPushCommand = defineCommand({
  name: "model push",
  summary: "upload a prepared model and register it under its name",
  details: "Uploads the files that the service lacks. Pushing the same model again changes nothing.",
  arguments: [
    {
      name: "model",
      syntax: "<model>",
      description: "a prepared model's directory, or its name under models/",
    },
  ],
  options: [DRY_RUN],
  examples: ["model push world", "model push world --dry-run --json"],
  input: z.object({ model: text, dryRun: flag }),
  run: async ({ model: named, dryRun }, context) => {
    const files = await readModelDirectory(await resolveModelDirectory(named, context));
    if (!files.ok) return files;
    const { model, digest } = files.value;
    const client = await connect(context);
    if (!client.ok) return client;
    const uploaded = await upload(client.value, files.value, context, dryRun);
    if (!uploaded.ok) return uploaded;
    const blobs = counted(uploaded.value.blobs, "file");
    const facts = { name: model.name, digest, uploaded: uploaded.value };
    if (dryRun)
      return ok({
        document: { status: "would register", ...facts },
        text: `would upload ${blobs} and register ${model.name} ${digest}`,
      });
    const registered = await client.value.models.register(model);
    if (!registered.ok) return registered;
    const { status } = registered.value;
    return ok({
      document: { status, ...facts },
      text: `${status}: ${model.name} ${digest}\n${blobs} uploaded, ${uploaded.value.present} already there`,
    });
  },
});
