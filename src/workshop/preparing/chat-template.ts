import { join } from "node:path";
import { z } from "zod";
import { ok, type Result } from "../../core/result.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import { readJsonFile } from "./read-json-file.ts";

/** A chat template as `tokenizer_config.json` and `chat_template.json` have it: one, or several by name. */
export const chatTemplateSchema = z
  .union(
    [z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))],
    'expected a template, or a list of {"name", "template"}',
  )
  .nullish()
  .transform((given) => {
    if (given == null || typeof given === "string") return given ?? null;
    return given.find(({ name }) => name === "default")?.template ?? null;
  });

const fileSchema = z.looseObject({ chat_template: chatTemplateSchema });

/**
 * The chat template that lies in a folder as a file of its own, which goes before the tokenizer's configuration; null
 * where there is none. Errors: `malformed_model`.
 */
export const readChatTemplate = async (folder: string): Promise<Result<string | null>> => {
  const text = await readBytesIfPresent(join(folder, "chat_template.jinja"));
  if (text !== null) return ok(new TextDecoder().decode(text));
  const json = await readJsonFile(join(folder, "chat_template.json"), fileSchema);
  return json.ok ? ok(json.value?.chat_template ?? null) : json;
};
