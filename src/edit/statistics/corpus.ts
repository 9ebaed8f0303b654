import { z } from "zod";
import { type Digest, digestOfText } from "../../core/digest.ts";
import { type LineForm, parseJsonLines } from "../../core/json-lines.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import type { StatePositions, StateSequence } from "./state-positions.ts";

/** A text to gather states over: a prompt and what follows it, or a whole text as a prompt without an answer. */
export interface CorpusText {
  readonly prompt: string;
  /** As it is written after the prompt, its leading space included; empty where there is none. */
  readonly answer: string;
}

/** Texts in a fixed order, named by their digest. */
export interface StatisticsCorpus {
  readonly texts: readonly CorpusText[];
  readonly digest: Digest;
}

const withLeadingSpace = (answer: string): string => (/^(\s|$)/.test(answer) ? answer : ` ${answer}`);

const LINE: LineForm<CorpusText> = {
  schema: z.union([
    z.object({ text: z.string().regex(/\S/) }).transform(({ text }) => ({ prompt: text, answer: "" })),
    z
      .object({ prompt: z.string().regex(/\S/), answer: z.string().default("") })
      .transform(({ prompt, answer }) => ({ prompt, answer: withLeadingSpace(answer) })),
  ]),
  expected: '{"text"} or {"prompt", "answer"}',
  code: "invalid_request",
};

const ARRAY = z.array(
  z.union([
    z
      .string()
      .regex(/\S/)
      .transform((text) => ({ prompt: text, answer: "" })),
    LINE.schema,
  ]),
);

/** The texts of a JSON array; null where the file is none, as a line of text may begin with a bracket too. */
const textsOfArray = (content: string): readonly CorpusText[] | null => {
  try {
    return ARRAY.safeParse(JSON.parse(content)).data ?? null;
  } catch {
    return null;
  }
};

/** Names `texts`. */
export const statisticsCorpus = async (texts: readonly CorpusText[]): Promise<StatisticsCorpus> => ({
  texts,
  digest: await digestOfText(JSON.stringify(texts.map(({ prompt, answer }) => [prompt, answer]))),
});

/**
 * Reads a corpus: JSON lines, each {"text"} or {"prompt", "answer"}, a JSON array of such or of
 * strings, or plain text, each line a text. A file whose first line begins with "{" is JSON lines. Blank lines do not count.
 *
 * Errors: `invalid_request` naming the lines that fit neither, and for a file without a text.
 */
export const parseCorpus = async (content: string, file: string): Promise<Result<StatisticsCorpus>> => {
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const [first, ...others] = lines.filter((line) => line !== "");
  if (first === undefined)
    return fail(
      problem("invalid_request", `${file} holds no text; expected a text a line.`, { param: file }),
    );
  const array = first.startsWith("[") ? textsOfArray(content) : null;
  if (array !== null && array.length > 0) return ok(await statisticsCorpus(array));
  if (!first.startsWith("{"))
    return ok(await statisticsCorpus([first, ...others].map((line) => ({ prompt: line, answer: "" }))));
  const texts = parseJsonLines(content, file, LINE);
  return texts.ok ? ok(await statisticsCorpus(texts.value)) : texts;
};

/** Cuts a list into pieces of at most `size`. */
const pieces = (ids: readonly number[], size: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ids.slice(i * size, (i + 1) * size));

/**
 * The sequences of one text that fit `context` tokens. For `all` positions a longer text is cut into several; for
 * the others it is left out, as its answer would stand after another prompt than it does.
 */
export const sequencesOf = (
  { prompt, answer }: CorpusText,
  positions: StatePositions,
  tokenizer: Tokenizer,
  context: number,
): readonly StateSequence[] => {
  const start = tokenizer.encode(prompt);
  const ids = [...start, ...(answer === "" ? [] : tokenizer.encodeContinuation(answer))];
  if (positions === "all") return pieces(ids, context).map((piece) => ({ ids: piece, promptLength: 1 }));
  return ids.length > context ? [] : [{ ids, promptLength: start.length }];
};
