import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { createTokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { parseTokenizerFile, type TokenizerFile, tokenTable } from "../../engine/tokenizer/tokenizer-file.ts";
import type { ExportSettings, NamedIds, NamedToken } from "./export-settings.ts";
import { GENAI_CONFIG_FILE } from "./genai-config.ts";

/** Most tokens that a refusal names. */
const MOST_NAMED = 20;

const refuse = (faults: readonly string[]) =>
  fail(problem("malformed_model", faults.join(" "), { param: "tokenizer.json" }));

const idOf = (file: TokenizerFile, content: string): number | undefined => {
  const added = file.added_tokens.find((token) => token.content === content)?.id;
  if (added !== undefined) return added;
  for (const [id, text] of tokenTable(file)) if (text === content) return id;
  return undefined;
};

/** The end tokens that somebody names by their texts. */
const askedEnds = (file: TokenizerFile, asked: readonly string[]): Result<readonly number[]> => {
  const unknown = asked.filter((token) => idOf(file, token) === undefined);
  if (unknown.length === 0) return ok(asked.map((token) => idOf(file, token)!));
  const known = file.added_tokens.map(({ content }) => content).slice(0, MOST_NAMED);
  const what = unknown.map((token) => `"${token}"`).join(", ");
  const message = `--end-token: the tokenizer has no token ${what}; name one of: ${known.join(" ")}`;
  return fail(problem("invalid_request", message, { param: "--end-token" }));
};

/** What is wrong with ids that end an answer: tokens that are not there, or that a text may hold. */
const faultsOfEnds = (file: TokenizerFile, { file: source, ids }: NamedIds): readonly string[] => {
  const added = new Set(file.added_tokens.map(({ id }) => id));
  const texts = tokenTable(file);
  return ids.flatMap((id) => {
    const text = texts.get(id);
    if (text === undefined)
      return [`${source} ends a text with token ${id}, which tokenizer.json does not have.`];
    // onnxruntime-genai's own test models end with ordinary tokens; its file is the last word on what it runs.
    if (added.has(id) || source === GENAI_CONFIG_FILE) return [];
    return [`${source} ends a text with token ${id}, which in tokenizer.json is the ordinary "${text}".`];
  });
};

/** Where the tokenizer's own token is another than the configuration's. */
const faultsOfToken = (
  file: TokenizerFile,
  what: "begins" | "ends",
  token: NamedToken | null,
  configured: NamedIds | null,
): readonly string[] => {
  if (token === null || configured === null) return [];
  const id = idOf(file, token.token);
  if (id === undefined) return [`${token.file} names "${token.token}", which tokenizer.json does not have.`];
  if (configured.ids.includes(id)) return [];
  return [
    `${token.file} ${what} a text with "${token.token}", in tokenizer.json token ${id}; ${configured.file} with ${configured.ids.join(", ")}.`,
  ];
};

/** The tokens that end an answer by the files beside the graph. */
const configuredEnds = (file: TokenizerFile, settings: ExportSettings): Result<readonly number[]> => {
  const { ends, tokens } = settings;
  if (ends !== null) {
    const faults = faultsOfEnds(file, ends);
    return faults.length === 0 ? ok([...new Set(ends.ids)]) : refuse([...faults, ADVICE]);
  }
  const specials = file.added_tokens.filter(({ special }) => special);
  const named = tokens.end === null ? undefined : idOf(file, tokens.end.token);
  const end = named ?? (specials.length === 1 ? specials[0]!.id : undefined);
  if (end !== undefined) return ok([end]);
  const known = file.added_tokens.map(({ content }) => content).slice(0, MOST_NAMED);
  const message = `--end-token: which token ends an answer is not known; name one of: ${known.join(" ")}`;
  return fail(problem("invalid_request", message, { param: "--end-token" }));
};

const ADVICE = "Take the tokenizer that belongs to the model, or name the end with --end-token.";

/** The token that the tokenizer puts in front of every text by itself. */
const beginTokenId = (json: string, file: TokenizerFile): Result<number | null> => {
  const tokenizer = createTokenizer(json);
  if (!tokenizer.ok) return tokenizer;
  const first = tokenizer.value.encode("a")[0];
  const special = file.added_tokens.some((token) => token.special && token.id === first);
  return ok(special && first !== undefined ? first : null);
};

/**
 * The special tokens of a model: the ends as `asked` for by their texts, else as the export's files have them, else the
 * tokenizer's only special token; the begin token as the tokenizer itself adds it.
 *
 * Errors: `malformed_model` where the files contradict each other or the tokenizer; `invalid_request` where no end token
 * can be told.
 */
export const findSpecialTokens = (
  tokenizerJson: string,
  settings: ExportSettings,
  asked: readonly string[] = [],
): Result<PreparedModel["specialTokens"]> => {
  const parsed = parseTokenizerFile(tokenizerJson);
  if (!parsed.ok) return parsed;
  const file = parsed.value;
  const { tokens, configured } = settings;
  const faults = [
    ...faultsOfToken(file, "begins", tokens.begin, configured.begin),
    ...(asked.length > 0 ? [] : faultsOfToken(file, "ends", tokens.end, configured.end)),
  ];
  if (faults.length > 0) return refuse([...faults, ADVICE]);
  const ends = asked.length > 0 ? askedEnds(file, asked) : configuredEnds(file, settings);
  if (!ends.ok) return ends;
  const [end, ...more] = ends.value as readonly [number, ...number[]];
  const begin = beginTokenId(tokenizerJson, file);
  return begin.ok ? ok({ begin: begin.value, end, ...(more.length > 0 && { furtherEnds: more }) }) : begin;
};
