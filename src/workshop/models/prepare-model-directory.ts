import { join, resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import type { PreparedFiles } from "../../core/model/prepared-files.ts";
import { modelDigest, type PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { defaultHooks, type HookSelection } from "../../onnx/hooks/hook-selection.ts";
import { prepareModel } from "../../onnx/prepare-model.ts";
import { readBytes } from "../directories/files.ts";
import { findSpecialTokens, readTokenizerConfig } from "../directories/special-tokens.ts";
import { checkModelTarget, writeModelDirectory } from "../directories/write-model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { readDecoder } from "./read-decoder.ts";

/** Which exported decoder to prepare, and how. */
export interface PrepareOptions {
  /** The exported model, with a key-value cache. */
  readonly onnx: string;
  /** Its `tokenizer.json`. */
  readonly tokenizer: string;
  readonly name: string;
  /** Most tokens of prompt and answer; what the position table holds where it is left out. */
  readonly context?: number | undefined;
  /** The directory to write; `models/<name>` of the project where it is left out. */
  readonly out?: string | undefined;
  /** The token that ends an answer; where it is left out, what the tokenizer's configuration says. */
  readonly endToken?: string | undefined;
  /** A kind that is left out gets its default. */
  readonly hooks?: { readonly [Kind in keyof HookSelection]?: HookSelection[Kind] | undefined } | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A prepared model, and where it was written, or would be. */
export interface PreparedDirectory {
  readonly model: PreparedModel;
  readonly digest: Digest;
  readonly out: string;
  /** Of all files but the description. */
  readonly bytes: number;
}

const readTokenizer = async (path: string, endToken: string | undefined) => {
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

const prepare = async (
  options: PrepareOptions,
  { workingDirectory }: WorkshopContext,
): Promise<Result<PreparedFiles>> => {
  const decoder = await readDecoder(resolve(workingDirectory, options.onnx));
  if (!decoder.ok) return decoder;
  const tokenizer = await readTokenizer(resolve(workingDirectory, options.tokenizer), options.endToken);
  if (!tokenizer.ok) return tokenizer;
  const { graph, structure } = decoder.value;
  const { chatTemplate, ...rest } = tokenizer.value;
  const asked = Object.entries(options.hooks ?? {}).filter(([, blocks]) => blocks !== undefined);
  return prepareModel({
    name: options.name,
    graph,
    ...rest,
    ...(chatTemplate !== null && { chatTemplate }),
    ...(options.context !== undefined && { context: options.context }),
    hooks: { ...defaultHooks(structure.blocks.length), ...Object.fromEntries(asked) },
  });
};

/**
 * Adds patch inputs to an exported decoder and, unless `dryRun`, writes it ready to serve.
 *
 * Errors: those of `readDecoder`, `readTokenizerConfig`, `findSpecialTokens`, `prepareModel` and `writeModelDirectory`.
 */
export const prepareModelDirectory = async (
  options: PrepareOptions,
  context: WorkshopContext,
): Promise<Result<PreparedDirectory>> => {
  const files = await prepare(options, context);
  if (!files.ok) return files;
  const { model, graph, plain, weights, tokenizer } = files.value;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, "models", options.name)
      : resolve(context.workingDirectory, options.out);
  const written = options.dryRun
    ? await checkModelTarget(out, model)
    : await writeModelDirectory(out, files.value);
  if (!written.ok) return written;
  const bytes = [graph, plain, weights, tokenizer].reduce((sum, file) => sum + file.length, 0);
  return ok({ model, digest: await modelDigest(model), out, bytes });
};
