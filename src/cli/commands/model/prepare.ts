import { z } from "zod";
import { modelNameSchema } from "../../../core/model/model-name.ts";
import { ok } from "../../../core/result.ts";
import { EXPORT_VARIANTS } from "../../../workshop/preparing/export-variants.ts";
import { defineCommand } from "../../command.ts";
import { describePrepared } from "../../describe/model.ts";
import { describeTexts } from "../../describe/model-texts.ts";
import { HOOK_OPTIONS, hookInput } from "../../hook-options.ts";
import { DRY_RUN, flag, text, wholeNumber } from "../../options.ts";
import { formatBytes } from "../../table.ts";
import { TEXT_OPTIONS, textInput } from "../../text-options.ts";

/** `errata model prepare`: an exported decoder made ready to serve. */
export const modelPrepareCommand = defineCommand({
  name: "model prepare",
  summary: "add patch inputs to an exported ONNX decoder and write it ready to serve",
  details:
    "Takes an export's folder, in Hugging Face's layout (config.json, generation_config.json, tokenizer.json, " +
    "tokenizer_config.json, chat_template.jinja, onnx/model*.onnx with data files) or onnxruntime-genai's " +
    "(genai_config.json), or the .onnx file itself. Context, begin and end tokens and chat template come from those " +
    "files; options override them. Finds the decoder's structure by the pattern of its operations, adds the hooks " +
    "that patches act through, and puts the weights into a file of their own. A site without a hook costs nothing " +
    "and takes no patch; with no patch attached the model answers as it did.",
  arguments: [{ name: "source", syntax: "<folder>", description: "the export's folder, or its .onnx file" }],
  options: [
    {
      flags: "--variant <name>",
      description: `which of the folder's graphs: ${EXPORT_VARIANTS.join(", ")} (default: fp32, or the only one)`,
    },
    {
      flags: "--tokenizer <file>",
      description: "its tokenizer.json, in Hugging Face's format (default: the folder's)",
    },
    {
      flags: "--cut-tokenizer",
      description: "drop the tokens that the model has no row for, where the tokenizer has more",
    },
    { flags: "--name <name>", description: "the name to serve it under (default: the folder's)" },
    {
      flags: "--context <tokens>",
      description: "most tokens, prompt and answer (default: the export's)",
    },
    {
      flags: "--end-token <tokens...>",
      description:
        "the tokens that end an answer, such as </s>; edits teach the first (default: the export's)",
    },
    { flags: "--chat-template <file>", description: "a chat template in Jinja (default: the export's)" },
    { flags: "--out <directory>", description: "where to write it (default: models/<name> of the project)" },
    ...HOOK_OPTIONS,
    ...TEXT_OPTIONS,
    { flags: "--no-texts", description: "leave statistics and probe prompts to `errata model texts`" },
    DRY_RUN,
  ],
  examples: [
    "model prepare export/stories",
    "model prepare export/qwen --variant q4 --name qwen-q4 --context 512",
    "model prepare export/model.onnx --tokenizer export/tokenizer.json --name stories --codebook 3,4 --low-rank 2:down --dry-run",
  ],
  input: z.object({
    source: text,
    variant: z.enum(EXPORT_VARIANTS).optional(),
    tokenizer: text.optional(),
    cutTokenizer: flag,
    name: modelNameSchema.optional(),
    context: wholeNumber(1).optional(),
    out: text.optional(),
    endToken: z.array(text).optional(),
    chatTemplate: text.optional(),
    ...hookInput,
    ...textInput,
    texts: z.boolean().default(true),
    dryRun: flag,
  }),
  run: async ({ codebook, neurons, lowRank, neuronActivation, endToken: endTokens, ...rest }, context) => {
    const { prepareModelDirectory } = await import("../../../workshop/preparing/prepare-model-directory.ts");
    const hooks = { codebook, neurons, lowRank, neuronActivation };
    const { corpus, probes, seed, texts: wanted, ...options } = rest;
    const texts = wanted ? { corpus, probes, seed } : null;
    const prepared = await prepareModelDirectory({ ...options, endTokens, hooks, texts }, context);
    if (!prepared.ok) return prepared;
    const { model, digest, source, out, bytes, texts: given } = prepared.value;
    const status = options.dryRun ? "would write" : "written";
    return ok({
      document: { status, out, digest, source, texts: given, ...model },
      text: [
        describePrepared(model, digest, context.terminal.style),
        "",
        `made of ${source.path}${source.variant === null ? "" : ` (${source.variant})`}`,
        ...(given === null ? [] : [describeTexts(given)]),
        `${status}: ${out}, ${formatBytes(bytes)}`,
      ].join("\n"),
    });
  },
});
