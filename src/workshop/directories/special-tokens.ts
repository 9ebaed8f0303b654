import { dirname, join } from "node:path";
import { z } from "zod";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { createTokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { parseTokenizerFile, type TokenizerFile } from "../../engine/tokenizer/tokenizer-file.ts";
import { parseJson, readBytesIfPresent } from "./files.ts";

/** The file that exporters put beside `tokenizer.json`. */
const TOKENIZER_CONFIG_FILE = "tokenizer_config.json";

const tokenSchema = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform(({ content }) => content),
]);

const configSchema = z.looseObject({
  eos_token: tokenSchema.nullish(),
  chat_template: z.string().nullish(),
});

/** What a model's own tokenizer configuration says; nothing where there is none. */
export interface TokenizerConfig {
  readonly endToken: string | null;
  readonly chatTemplate: string | null;
}

/** Reads `tokenizer_config.json` beside a tokenizer. Errors: `malformed_model`. */
export const readTokenizerConfig = async (tokenizerPath: string): Promise<Result<TokenizerConfig>> => {
  const path = join(dirname(tokenizerPath), TOKENIZER_CONFIG_FILE);
  const bytes = await readBytesIfPresent(path);
  if (bytes === null) return ok({ endToken: null, chatTemplate: null });
  const json = parseJson(bytes, "malformed_model", path);
  if (!json.ok) return json;
  const parsed = configSchema.safeParse(json.value);
  if (!parsed.success)
    return fail(problem("malformed_model", `${path}: ${parsed.error.issues[0]?.message}.`, { param: path }));
  const { eos_token, chat_template } = parsed.data;
  return ok({ endToken: eos_token ?? null, chatTemplate: chat_template ?? null });
};

const idOf = (file: TokenizerFile, content: string): number | undefined =>
  file.added_tokens.find((token) => token.content === content)?.id;

const endTokenId = (file: TokenizerFile, named: string | null): Result<number> => {
  const specials = file.added_tokens.filter(({ special }) => special);
  const only = specials.length === 1 ? specials[0]?.id : undefined;
  const id = named === null ? only : idOf(file, named);
  if (id !== undefined) return ok(id);
  const known = file.added_tokens.map(({ content }) => content).join(" ");
  const what =
    named === null ? "which token ends an answer is not known" : `the tokenizer has no token "${named}"`;
  return fail(
    problem("invalid_request", `--end-token: ${what}; name one of: ${known}`, { param: "--end-token" }),
  );
};

/** The token that the tokenizer puts in front of every text by itself. */
const beginTokenId = (json: string, file: TokenizerFile): Result<number | null> => {
  const tokenizer = createTokenizer(json);
  if (!tokenizer.ok) return tokenizer;
  const first = tokenizer.value.encode("a")[0];
  const special = file.added_tokens.some((token) => token.special && token.id === first);
  return ok(special && first !== undefined ? first : null);
};

/**
 * The special tokens of a model: the end token as named, else the tokenizer's only special token; the begin token as
 * the tokenizer itself adds it.
 *
 * Errors: `malformed_model`; `invalid_request` where no end token can be told.
 */
export const findSpecialTokens = (
  tokenizerJson: string,
  endToken: string | null,
): Result<PreparedModel["specialTokens"]> => {
  const file = parseTokenizerFile(tokenizerJson);
  if (!file.ok) return file;
  const end = endTokenId(file.value, endToken);
  if (!end.ok) return end;
  const begin = beginTokenId(tokenizerJson, file.value);
  return begin.ok ? ok({ begin: begin.value, end: end.value }) : begin;
};
