import { resolve } from "node:path";
import { z } from "zod";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import { isDirectory } from "../../../workshop/directories/files.ts";
import { readModelDirectory, resolveModelDirectory } from "../../../workshop/directories/model-directory.ts";
import type { Outcome } from "../../command.ts";
import { defineCommand } from "../../command.ts";
import { describePrepared, describeStructure } from "../../describe/model.ts";
import { text } from "../../options.ts";
import type { Style } from "../../style.ts";

const inspectGraph = async (path: string, style: Style): Promise<Result<Outcome>> => {
  // Loaded only here: the protobuf reader would double the time that every other command takes to start.
  const { readGraph } = await import("../../../workshop/directories/read-graph.ts");
  const { findDecoder } = await import("../../../onnx/find-decoder.ts");
  const { liftConstants } = await import("../../../onnx/surgery/lift-constants.ts");
  const { describeDecoder } = await import("../../../onnx/describe-decoder.ts");
  const graph = await readGraph(path);
  if (!graph.ok) return graph;
  const structure = findDecoder(liftConstants(graph.value));
  if (!structure.ok) return structure;
  const decoder = describeDecoder(structure.value);
  return ok({ document: { kind: "graph", ...decoder }, text: describeStructure(decoder, style) });
};

const inspectPrepared = async (directory: string, style: Style): Promise<Result<Outcome>> => {
  const files = await readModelDirectory(directory);
  if (!files.ok) return files;
  const { model, digest } = files.value;
  return ok({
    document: { kind: "prepared", digest, ...model },
    text: describePrepared(model, digest, style),
  });
};

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
  run: async ({ model }, context) => {
    const { style } = context.terminal;
    const path = resolve(context.workingDirectory, model);
    if (model.endsWith(".onnx") && !(await isDirectory(path))) return inspectGraph(path, style);
    return inspectPrepared(await resolveModelDirectory(model, context), style);
  },
});
