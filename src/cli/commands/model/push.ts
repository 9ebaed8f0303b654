import { z } from "zod";
import { counted } from "../../../core/counted.ts";
import { ok } from "../../../core/result.ts";
import { pushModel } from "../../../workshop/publishing/push-model.ts";
import { defineCommand } from "../../command.ts";
import { DRY_RUN, flag, text } from "../../options.ts";

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
  run: async (options, context) => {
    const pushed = await pushModel(options, context);
    if (!pushed.ok) return pushed;
    const { status, name, digest, uploaded } = pushed.value;
    const blobs = counted(uploaded.blobs, "file");
    return ok({
      document: pushed.value,
      text: options.dryRun
        ? `would upload ${blobs} and register ${name} ${digest}`
        : `${status}: ${name} ${digest}\n${blobs} uploaded, ${uploaded.present} already there`,
    });
  },
});
