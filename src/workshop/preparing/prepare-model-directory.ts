import { basename, join, resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import { isModelName } from "../../core/model/model-name.ts";
import type { PreparedFiles } from "../../core/model/prepared-files.ts";
import { modelDigest, type PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { defaultHooks, type HookSelection } from "../../onnx/hooks/hook-selection.ts";
import { prepareModel } from "../../onnx/prepare-model.ts";
import { pathKind, readBytes } from "../directories/files.ts";
import { checkModelTarget, writeModelDirectory } from "../directories/write-model-directory.ts";
import { readDecoder } from "../models/read-decoder.ts";
import type { ModelTexts, TextOptions } from "../texts/model-texts.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type ExportSettings, readExportSettings } from "./export-settings.ts";
import type { ExportedGraph, ExportVariant } from "./export-variants.ts";
import { type FoundExport, findExport } from "./find-export.ts";
import { fitTokenizer } from "./fit-tokenizer.ts";
import { findSpecialTokens } from "./special-tokens.ts";

/** Which exported decoder to prepare, and how; what is left out is as the export's own files have it. */
export interface PrepareOptions {
  /** The export's folder, or its graph. */
  readonly source: string;
  /** Which of the folder's graphs. */
  readonly variant?: ExportVariant | undefined;
  /** Its `tokenizer.json`. */
  readonly tokenizer?: string | undefined;
  /** Whether to drop the tokens that the model has no row for, instead of refusing them. */
  readonly cutTokenizer?: boolean | undefined;
  /** After the folder where it is left out. */
  readonly name?: string | undefined;
  /** Most tokens of prompt and answer. */
  readonly context?: number | undefined;
  /** The directory to write; `models/<name>` of the project where it is left out. */
  readonly out?: string | undefined;
  /** The tokens that end an answer, as texts, the first to be taught. */
  readonly endTokens?: readonly string[] | undefined;
  /** A file with a chat template. */
  readonly chatTemplate?: string | undefined;
  /** A kind that is left out gets its default. */
  readonly hooks?: { readonly [Kind in keyof HookSelection]?: HookSelection[Kind] | undefined } | undefined;
  /** Where statistics and probe prompts come from; null leaves them out. */
  readonly texts?: TextOptions | null;
  readonly dryRun?: boolean | undefined;
}

/** A prepared model, and where it was written, or would be. */
export interface PreparedDirectory {
  readonly model: PreparedModel;
  readonly digest: Digest;
  /** Which graph of the export it was made of. */
  readonly source: ExportedGraph;
  readonly out: string;
  /** Of all files but the description. */
  readonly bytes: number;
  /** What edits are measured on; null where nothing was written, or no texts were wanted. */
  readonly texts: ModelTexts | null;
}

const TOKENIZER_FILE = "tokenizer.json";

const findTokenizer = async (
  asked: string | undefined,
  folders: readonly string[],
  { workingDirectory }: WorkshopContext,
): Promise<Result<Uint8Array<ArrayBuffer>>> => {
  if (asked !== undefined) return readBytes(resolve(workingDirectory, asked), `a ${TOKENIZER_FILE}`);
  for (const folder of folders)
    if ((await pathKind(join(folder, TOKENIZER_FILE))) === "file")
      return readBytes(join(folder, TOKENIZER_FILE), `a ${TOKENIZER_FILE}`);
  const message =
    `Expected ${TOKENIZER_FILE}, in Hugging Face's format, in ${folders.join(" or ")}. Name it with --tokenizer; transformers writes ` +
    "one by AutoTokenizer.from_pretrained(...).save_pretrained(...).";
  return fail(problem("file_not_found", message, { param: "--tokenizer" }));
};

const findTemplate = async (
  asked: string | undefined,
  settings: ExportSettings,
  { workingDirectory }: WorkshopContext,
): Promise<Result<string | null>> => {
  if (asked === undefined) return ok(settings.chatTemplate);
  const bytes = await readBytes(resolve(workingDirectory, asked), "a chat template");
  return bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes;
};

/** The tokenizer and what the export's files say of it. */
const readTexts = async (options: PrepareOptions, { folders }: FoundExport, context: WorkshopContext) => {
  const tokenizer = await findTokenizer(options.tokenizer, folders, context);
  if (!tokenizer.ok) return tokenizer;
  const settings = await readExportSettings(folders);
  if (!settings.ok) return settings;
  const chatTemplate = await findTemplate(options.chatTemplate, settings.value, context);
  if (!chatTemplate.ok) return chatTemplate;
  const json = new TextDecoder().decode(tokenizer.value);
  return ok({
    tokenizer: { bytes: tokenizer.value, json },
    settings: settings.value,
    chatTemplate: chatTemplate.value,
  });
};

const nameOf = ({ name }: PrepareOptions, { folder }: FoundExport): Result<string> => {
  const own = name ?? basename(folder).toLowerCase();
  if (isModelName(own)) return ok(own);
  const message = `The folder's name "${basename(folder)}" can name no model. Give one with --name.`;
  return fail(problem("invalid_request", message, { param: "--name" }));
};

const prepare = async (
  options: PrepareOptions,
  name: string,
  found: FoundExport,
  context: WorkshopContext,
): Promise<Result<PreparedFiles>> => {
  const texts = await readTexts(options, found, context);
  if (!texts.ok) return texts;
  const decoder = await readDecoder(found.graph.path);
  if (!decoder.ok) return decoder;
  const { graph, structure } = decoder.value;
  const { tokenizer, settings, chatTemplate } = texts.value;
  const cutting = options.cutTokenizer ?? false;
  const fitted = fitTokenizer(tokenizer.json, structure.dims.vocabulary, { cutting });
  if (!fitted.ok) return fitted;
  const specialTokens = findSpecialTokens(fitted.value, settings, options.endTokens);
  if (!specialTokens.ok) return specialTokens;
  const most = options.context ?? settings.context;
  const asked = Object.entries(options.hooks ?? {}).filter(([, blocks]) => blocks !== undefined);
  return prepareModel({
    name,
    graph,
    tokenizerJson: fitted.value === tokenizer.json ? tokenizer.bytes : new TextEncoder().encode(fitted.value),
    specialTokens: specialTokens.value,
    ...(chatTemplate !== null && { chatTemplate }),
    ...(most !== null && { context: most }),
    hooks: { ...defaultHooks(structure.blocks.length), ...Object.fromEntries(asked) },
  });
};

/** A model that is complete without them keeps what texts it has. */
const giveTextsTo = async (
  out: string,
  { texts = { seed: 0 }, dryRun }: PrepareOptions,
  context: WorkshopContext,
): Promise<Result<ModelTexts | null>> => {
  if (dryRun || texts === null) return ok(null);
  const { giveTexts } = await import("../texts/model-texts.ts");
  return giveTexts(out, texts, context);
};

/**
 * Adds patch inputs to an exported decoder and, unless `dryRun`, writes it ready to serve and to edit: with
 * texts for statistics and probes, and calibrated.
 *
 * Errors: those of `findExport`, `readExportSettings`, `readDecoder`, `fitTokenizer`, `findSpecialTokens`,
 * `prepareModel` and `writeModelDirectory`; `file_not_found` where there is no tokenizer.
 */
export const prepareModelDirectory = async (
  options: PrepareOptions,
  context: WorkshopContext,
): Promise<Result<PreparedDirectory>> => {
  const found = await findExport(resolve(context.workingDirectory, options.source), options.variant);
  if (!found.ok) return found;
  const name = nameOf(options, found.value);
  if (!name.ok) return name;
  const files = await prepare(options, name.value, found.value, context);
  if (!files.ok) return files;
  const { model, graph, plain, weights, tokenizer } = files.value;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, "models", name.value)
      : resolve(context.workingDirectory, options.out);
  const written = options.dryRun
    ? await checkModelTarget(out, model)
    : await writeModelDirectory(out, files.value);
  if (!written.ok) return written;
  const bytes = [graph, plain, weights, tokenizer].reduce((sum, file) => sum + file.length, 0);
  const texts = await giveTextsTo(out, options, context);
  if (!texts.ok) return texts;
  const digest = await modelDigest(model);
  return ok({ model, digest, source: found.value.graph, out, bytes, texts: texts.value });
};
