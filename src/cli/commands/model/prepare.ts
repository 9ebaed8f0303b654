import { z } from "zod";
import { modelNameSchema } from "../../../core/model/model-name.ts";
import { ok } from "../../../core/result.ts";
import { defineCommand } from "../../command.ts";
import { describePrepared } from "../../describe/model.ts";
import { HOOK_OPTIONS, hookInput } from "../../hook-options.ts";
import { DRY_RUN, flag, text, wholeNumber } from "../../options.ts";
import { formatBytes } from "../../table.ts";

/** `errata model prepare`: an exported decoder made ready to serve. */
export const modelPrepareCommand = defineCommand({
  name: "model prepare",
  summary: "add patch inputs to an exported ONNX decoder and write it ready to serve",
  details:
    "Finds the decoder's structure by the pattern of its operations, adds the hooks that patches act through, and " +
    "puts the weights into a file of their own. A site without a hook costs nothing and takes no patch; with no patch " +
    "attached the model answers as it did. The end token and a chat template are read from tokenizer_config.json " +
    "beside the tokenizer, where there is one.",
  arguments: [{ name: "onnx", syntax: "<onnx>", description: "the exported model, with a key-value cache" }],
  options: [
    { flags: "--tokenizer <file>", description: "its tokenizer.json, in Hugging Face's format (needed)" },
    { flags: "--name <name>", description: "the name to serve it under (needed)" },
    {
      flags: "--context <tokens>",
      description: "most tokens, prompt and answer (default: the position table's)",
    },
    { flags: "--end-token <token>", description: "the token that ends an answer, such as </s>" },
    { flags: "--out <directory>", description: "where to write it (default: models/<name> of the project)" },
    ...HOOK_OPTIONS,
    DRY_RUN,
  ],
  examples: [
    "model prepare export/model.onnx --tokenizer export/tokenizer.json --name stories --context 512",
    "model prepare export/model.onnx --tokenizer export/tokenizer.json --name stories --codebook 3,4 --low-rank 2:down --dry-run",
  ],
  input: z.object({
    onnx: text,
    tokenizer: text,
    name: modelNameSchema,
    context: wholeNumber(1).optional(),
    out: text.optional(),
    endToken: text.optional(),
    ...hookInput,
    dryRun: flag,
  }),
  run: async ({ codebook, neurons, lowRank, neuronActivation, ...options }, context) => {
    const { prepareModelDirectory } = await import("../../../workshop/models/prepare-model-directory.ts");
    const hooks = { codebook, neurons, lowRank, neuronActivation };
    const prepared = await prepareModelDirectory({ ...options, hooks }, context);
    if (!prepared.ok) return prepared;
    const { model, digest, out, bytes } = prepared.value;
    const status = options.dryRun ? "would write" : "written";
    return ok({
      document: { status, out, digest, ...model },
      text: `${describePrepared(model, digest, context.terminal.style)}\n\n${status}: ${out}, ${formatBytes(bytes)}`,
    });
  },
});
