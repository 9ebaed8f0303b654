import { join, resolve } from "node:path";
import { z } from "zod";
import { modelNameSchema } from "../../../core/model/model-name.ts";
import type { PreparedModel } from "../../../core/model/prepared-model.ts";
import { modelDigest } from "../../../core/model/prepared-model.ts";
import type { Result } from "../../../core/result.ts";
import { ok } from "../../../core/result.ts";
import type { HookSelection } from "../../../onnx/hooks/hook-selection.ts";
import type { PreparedFiles } from "../../../onnx/prepare-model.ts";
import { readBytes } from "../../../workshop/directories/files.ts";
import {
  checkModelTarget,
  writeModelDirectory,
} from "../../../workshop/directories/write-model-directory.ts";
import type { Outcome } from "../../command.ts";
import { defineCommand } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { describePrepared } from "../../describe/model.ts";
import { HOOK_OPTIONS, hookInput } from "../../hook-options.ts";
import { DRY_RUN, flag, text, wholeNumber } from "../../options.ts";
import { formatBytes } from "../../table.ts";

const input = z.object({
  onnx: text,
  tokenizer: text,
  name: modelNameSchema,
  context: wholeNumber(1).optional(),
  out: text.optional(),
  endToken: text.optional(),
  ...hookInput,
  dryRun: flag,
});

type Input = z.infer<typeof input>;

/** The hooks asked for; a kind that was not named gets its default. */
const selectHooks = (
  { codebook, neurons, lowRank, neuronActivation }: Input,
  defaults: HookSelection,
): HookSelection => ({
  codebook: codebook ?? defaults.codebook,
  neurons: neurons ?? defaults.neurons,
  lowRank: lowRank ?? defaults.lowRank,
  neuronActivation,
});

const readTokenizer = async (path: string, endToken: string | undefined) => {
  const { findSpecialTokens, readTokenizerConfig } = await import(
    "../../../workshop/directories/special-tokens.ts"
  );
  const bytes = await readBytes(path, "a tokenizer.json");
  if (!bytes.ok) return bytes;
  const config = await readTokenizerConfig(path);
  if (!config.ok) return config;
  const json = new TextDecoder().decode(bytes.value);
  const specialTokens = findSpecialTokens(json, endToken ?? config.value.endToken);
  if (!specialTokens.ok) return specialTokens;
  const { chatTemplate } = config.value;
  return ok({ tokenizerJson: bytes.value, specialTokens: specialTokens.value, chatTemplate });
};

const prepare = async (options: Input, context: RunningContext): Promise<Result<PreparedFiles>> => {
  const { readGraph } = await import("../../../workshop/directories/read-graph.ts");
  const { findDecoder } = await import("../../../onnx/find-decoder.ts");
  const { defaultHooks } = await import("../../../onnx/hooks/hook-selection.ts");
  const { prepareModel } = await import("../../../onnx/prepare-model.ts");
  const { liftConstants } = await import("../../../onnx/surgery/lift-constants.ts");
  const graph = await readGraph(resolve(context.workingDirectory, options.onnx));
  if (!graph.ok) return graph;
  const tokenizer = await readTokenizer(
    resolve(context.workingDirectory, options.tokenizer),
    options.endToken,
  );
  if (!tokenizer.ok) return tokenizer;
  const structure = findDecoder(liftConstants(graph.value));
  if (!structure.ok) return structure;
  const { chatTemplate, ...rest } = tokenizer.value;
  return prepareModel({
    name: options.name,
    graph: graph.value,
    ...rest,
    ...(chatTemplate !== null && { chatTemplate }),
    ...(options.context !== undefined && { context: options.context }),
    hooks: selectHooks(options, defaultHooks(structure.value.blocks.length)),
  });
};

const describe = async (
  status: string,
  model: PreparedModel,
  out: string,
  files: PreparedFiles,
  { terminal }: RunningContext,
): Promise<Outcome> => {
  const digest = await modelDigest(model);
  const size = formatBytes(
    files.graph.length + files.plain.length + files.weights.length + files.tokenizer.length,
  );
  return {
    document: { status, out, digest, ...model },
    text: `${describePrepared(model, digest, terminal.style)}\n\n${status}: ${out}, ${size}`,
  };
};

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
  input,
  run: async (options, context) => {
    const files = await prepare(options, context);
    if (!files.ok) return files;
    const { model } = files.value;
    const out =
      options.out === undefined
        ? join(context.projectDirectory, "models", options.name)
        : resolve(context.workingDirectory, options.out);
    const target = await checkModelTarget(out, model);
    if (!target.ok) return target;
    if (options.dryRun) return ok(await describe("would write", model, out, files.value, context));
    const written = await writeModelDirectory(out, files.value);
    if (!written.ok) return written;
    return ok(await describe("written", model, out, files.value, context));
  },
});
