import { join } from "node:path";
import { z } from "zod";
import { ok, type Result } from "../../core/result.ts";
import { chatTemplateSchema, readChatTemplate } from "./chat-template.ts";
import { GENAI_CONFIG_FILE, readGenaiConfig } from "./genai-config.ts";
import { readJsonFile, tokenCount, tokenIds } from "./read-json-file.ts";

/** Ids of tokens, and the file that names them. */
export interface NamedIds {
  readonly file: string;
  readonly ids: readonly number[];
}

/** A token by its text, and the file that names it. */
export interface NamedToken {
  readonly file: string;
  readonly token: string;
}

/** What the files beside an exported graph say of it. */
export interface ExportSettings {
  /** Most tokens of prompt and answer; null where no file says. */
  readonly context: number | null;
  /** Tokens that end an answer, the first to be taught; null where no file has ids. */
  readonly ends: NamedIds | null;
  /** Every token that `config.json` and `generation_config.json` begin or end a text with. */
  readonly configured: { readonly begin: NamedIds | null; readonly end: NamedIds | null };
  /** The tokenizer's own begin and end, as texts. */
  readonly tokens: { readonly begin: NamedToken | null; readonly end: NamedToken | null };
  readonly chatTemplate: string | null;
}

/** The names that architectures have for their context, in `config.json`. */
const CONTEXT_FIELDS = [
  "max_position_embeddings",
  "n_positions",
  "n_ctx",
  "max_sequence_length",
  "max_seq_len",
  "seq_length",
] as const;

const fields = {
  ...Object.fromEntries(CONTEXT_FIELDS.map((name) => [name, tokenCount])),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
};

/** `config.json`; a model of several parts keeps what counts here under `text_config`. */
const configSchema = z.looseObject({ ...fields, text_config: z.looseObject(fields).nullish() });

const generationSchema = z.looseObject({ bos_token_id: tokenIds, eos_token_id: tokenIds });

const tokenSchema = z
  .union([z.string(), z.looseObject({ content: z.string() })], 'expected a token, or {"content"}')
  .nullish()
  .transform((token) => (token == null || typeof token === "string" ? (token ?? null) : token.content));

const mapSchema = z.looseObject({ bos_token: tokenSchema, eos_token: tokenSchema });

/** Above this a tokenizer's length limit stands for none. */
const NO_LIMIT = 1e9;

const tokenizerSchema = mapSchema.extend({ model_max_length: tokenCount, chat_template: chatTemplateSchema });

/** The first of `folders` that has the file, read. */
const readFirst = async <Value>(
  folders: readonly string[],
  read: (folder: string) => Promise<Result<Value | null>>,
): Promise<Result<Value | null>> => {
  for (const folder of folders) {
    const found = await read(folder);
    if (!found.ok || found.value !== null) return found;
  }
  return ok(null);
};

const named = (file: string, ids: readonly number[] | undefined): NamedIds | null =>
  ids === undefined || ids.length === 0 ? null : { file, ids };

const contextOf = (config: z.infer<typeof configSchema> | null): number | null => {
  const known = [config, config?.text_config ?? null] as readonly Readonly<Record<string, unknown>>[];
  const counts = known.flatMap((part) => CONTEXT_FIELDS.map((name) => part?.[name]));
  return (counts.find((count) => typeof count === "number") as number | undefined) ?? null;
};

const CONFIG = "config.json";
const GENERATION = "generation_config.json";
const TOKENIZER = "tokenizer_config.json";
const TOKENS = "special_tokens_map.json";

const readFiles = async (folders: readonly string[]) => {
  const file = <Value>(name: string, schema: z.ZodType<Value>) =>
    readFirst(folders, (folder) => readJsonFile(join(folder, name), schema));
  const [config, generation, tokenizer, tokens, genai, template] = await Promise.all([
    file(CONFIG, configSchema),
    file(GENERATION, generationSchema),
    file(TOKENIZER, tokenizerSchema),
    file(TOKENS, mapSchema),
    readFirst(folders, readGenaiConfig),
    readFirst(folders, readChatTemplate),
  ]);
  for (const read of [config, generation, tokenizer, tokens, genai, template]) if (!read.ok) return read;
  const value = <Value>(read: Result<Value>) => (read as { readonly value: Value }).value;
  return ok({
    config: value(config),
    generation: value(generation),
    tokenizer: value(tokenizer),
    tokens: value(tokens),
    genai: value(genai),
    template: value(template),
  });
};

/**
 * Reads what the files of an export in `folders` say of its tokens, its context and its chat template: those of
 * onnxruntime-genai first, then `generation_config.json`, `config.json`, `tokenizer_config.json` and
 * `special_tokens_map.json`.
 *
 * Errors: `malformed_model` naming the file and every field of it that is at fault.
 */
export const readExportSettings = async (folders: readonly string[]): Promise<Result<ExportSettings>> => {
  const files = await readFiles(folders);
  if (!files.ok) return files;
  const { config, generation, tokenizer, tokens, genai, template } = files.value;
  const inConfig = (key: "bos_token_id" | "eos_token_id"): NamedIds | null => {
    const own = config?.[key] ?? [];
    return named(CONFIG, own.length > 0 ? own : config?.text_config?.[key]);
  };
  const generated = named(GENERATION, generation?.eos_token_id);
  const ends = named(GENAI_CONFIG_FILE, genai?.ends) ?? generated ?? inConfig("eos_token_id");
  const token = (key: "bos_token" | "eos_token"): NamedToken | null => {
    if (tokenizer?.[key] != null) return { file: TOKENIZER, token: tokenizer[key] };
    return tokens?.[key] == null ? null : { file: TOKENS, token: tokens[key] };
  };
  const both = (first: NamedIds | null, second: NamedIds | null): NamedIds | null =>
    first && second
      ? { file: `${first.file} and ${second.file}`, ids: [...first.ids, ...second.ids] }
      : (first ?? second);
  const longest = tokenizer?.model_max_length ?? NO_LIMIT;
  return ok({
    context: genai?.context ?? contextOf(config) ?? (longest < NO_LIMIT ? longest : null),
    ends,
    configured: {
      begin: both(inConfig("bos_token_id"), named(GENERATION, generation?.bos_token_id)),
      end: both(inConfig("eos_token_id"), generated),
    },
    tokens: { begin: token("bos_token"), end: token("eos_token") },
    chatTemplate: template ?? tokenizer?.chat_template ?? null,
  });
};
