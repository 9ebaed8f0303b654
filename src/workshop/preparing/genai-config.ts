import { join } from "node:path";
import { z } from "zod";
import { ok, type Result } from "../../core/result.ts";
import { readJsonFile, tokenCount, tokenIds } from "./read-json-file.ts";

/** The file that onnxruntime-genai describes a model in. */
export const GENAI_CONFIG_FILE = "genai_config.json";

const schema = z.looseObject({
  model: z.looseObject({
    context_length: tokenCount,
    eos_token_id: tokenIds,
    decoder: z.looseObject({ filename: z.string("expected the name of the graph's file").min(1) }),
  }),
});

/** What onnxruntime-genai says of a model. */
export interface GenaiConfig {
  /** Name of the graph's file. */
  readonly graph: string;
  readonly context: number | null;
  readonly ends: readonly number[];
}

/** Reads `genai_config.json` of a folder; null where there is none. Errors: `malformed_model`. */
export const readGenaiConfig = async (folder: string): Promise<Result<GenaiConfig | null>> => {
  const read = await readJsonFile(join(folder, GENAI_CONFIG_FILE), schema);
  if (!read.ok || read.value === null) return read as Result<null>;
  const { context_length, eos_token_id, decoder } = read.value.model;
  return ok({ graph: decoder.filename, context: context_length ?? null, ends: eos_token_id });
};
