import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { defineCommand } from "../../command.ts";
import { describePrepared, describeStructure } from "../../describe/model.ts";
import { text } from "../../options.ts";

/** `errata model inspect`: what is known of a model, before or after it is prepared. */
export const modelInspectCommand = defineCommand({
  name: "model inspect",
  summary: "show a model's structure: blocks, projections and their orientation, hooks",
  details:
    "Of an exported ONNX file, the structure that was found in its graph. Of a prepared model, what its model.json " +
    "says, after every file was checked against its digest.",
  arguments: [
    {
      name: "model",
      syntax: "<model>",
      description: "an .onnx file, or a prepared model's directory or name",
    },
  ],
  options: [],
  examples: ["model inspect world", "model inspect export/model.onnx --json"],
  input: z.object({ model: text }),
  run: async ({ model: named }, context) => {
    // Loaded only here: the protobuf reader would double the time that every other command takes to start.
    const { inspectModel } = await import("../../../workshop/models/inspect-model.ts");
    const inspected = await inspectModel(named, context);
    if (!inspected.ok) return inspected;
    const { style } = context.terminal;
    if (inspected.value.kind === "graph") {
      const { kind, decoder } = inspected.value;
      return ok({ document: { kind, ...decoder }, text: describeStructure(decoder, style) });
    }
    const { kind, model, digest } = inspected.value;
    return ok({ document: { kind, digest, ...model }, text: describePrepared(model, digest, style) });
  },
});
