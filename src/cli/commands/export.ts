import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { BUNDLE_REFERENCE_HELP } from "../../workshop/bundles/bundle-reference.ts";
import { defineCommand } from "../command.ts";
import { describeExport, exportDocument } from "../describe/export.ts";
import { DRY_RUN, flag, MODEL, text } from "../options.ts";

/** Names of modules and one place for the block's number; PEFT reads them as regular expressions. */
const MODULE_PATTERN = /^[\w.]*\{layer\}[\w.]*$/;

const input = z.object({
  bundle: text,
  peft: flag,
  onnx: flag,
  out: text,
  lowRankOnly: flag,
  modulePattern: text
    .regex(MODULE_PATTERN, "expected a module's name with {layer} in it, such as model.layers.{layer}.fc2")
    .optional(),
  fanInFanOut: flag,
  baseModel: text.optional(),
  externalData: flag,
  model: text,
  force: flag,
  dryRun: flag,
});

type Input = z.infer<typeof input>;

/** Options that only the other form has a use for. */
const misplaced = ({
  peft,
  modulePattern,
  fanInFanOut,
  baseModel,
  externalData,
}: Input): string | undefined => {
  if (peft) return externalData ? "--external-data" : undefined;
  if (modulePattern !== undefined) return "--module-pattern";
  if (fanInFanOut) return "--fan-in-fan-out";
  return baseModel === undefined ? undefined : "--base-model";
};

const checkForm = (options: Input): Result<null> => {
  if (options.peft === options.onnx) {
    const message = "Say what to export to: either --peft, an adapter, or --onnx, a merged model.";
    return fail(problem("invalid_request", message, { param: "--peft" }));
  }
  const option = misplaced(options);
  if (option !== undefined) {
    const message = `${option} has no meaning with ${options.peft ? "--peft" : "--onnx"}. Leave it out.`;
    return fail(problem("invalid_request", message, { param: option }));
  }
  if (!options.fanInFanOut || options.modulePattern !== undefined) return ok(null);
  const message = "--fan-in-fan-out goes with --module-pattern: of known families it is known.";
  return fail(problem("invalid_request", message, { param: "--fan-in-fan-out" }));
};

/** `errata export`: the low-rank part of a bundle, for others to run. */
export const exportCommand = defineCommand({
  name: "export",
  summary: "write a bundle's low-rank patches as a PEFT adapter, or merged into an ONNX model",
  details: [
    `A bundle is ${BUNDLE_REFERENCE_HELP}.`,
    "",
    "--peft writes a LoRA adapter for Hugging Face's PEFT, its factors number for number those of the patches, its " +
      "scale 1. The modules' names follow from the model's structure (GPT-2; Llama, Mistral, Qwen, Gemma); give " +
      "--module-pattern for others. --onnx writes the base model's graph, from models/<name>, with the patches added " +
      "to its weights.",
    "",
    "Codebooks and neurons are no change of weights: a bundle that has any is refused, or exported without them " +
      "under --low-rank-only.",
  ].join("\n"),
  arguments: [{ name: "bundle", syntax: "<bundle>", description: "the bundle to export" }],
  options: [
    { flags: "--peft", description: "write an adapter: adapter_config.json and adapter_model.safetensors" },
    { flags: "--onnx", description: "write a plain ONNX model with the patches merged" },
    { flags: "--out <path>", description: "the directory (--peft) or the file (--onnx) to write" },
    { flags: "--low-rank-only", description: "leave out patches of other kinds instead of refusing them" },
    {
      flags: "--module-pattern <name>",
      description: "the down-projections' module name, {layer} for the block's number",
    },
    {
      flags: "--fan-in-fan-out",
      description: "with --module-pattern: those modules keep weights as [in, out] (Conv1D)",
    },
    {
      flags: "--base-model <name>",
      description: "the base model's name or path for PEFT, kept in the adapter",
    },
    { flags: "--external-data", description: "put an ONNX model's weights beside it, in <file>.data" },
    { ...MODEL, description: "the base model; with --onnx also its directory" },
    { flags: "--force", description: "replace files that are there" },
    DRY_RUN,
  ],
  examples: [
    "export fixes --peft --out adapter",
    "export world@3 --onnx --out world-3.onnx --low-rank-only",
    "export fixes --peft --out adapter --module-pattern model.decoder.layers.{layer}.fc2",
  ],
  input,
  run: async ({ peft, onnx, ...options }, context) => {
    const checked = checkForm({ peft, onnx, ...options });
    if (!checked.ok) return checked;
    const { exportBundle } = await import("../../workshop/exporting/export-bundle.ts");
    const form = peft ? "peft" : "onnx";
    const exported = await exportBundle({ ...options, form }, context);
    if (!exported.ok) return exported;
    return ok({
      document: { dryRun: options.dryRun, ...exportDocument(exported.value) },
      text: describeExport(exported.value, form, options.dryRun, context),
    });
  },
});
