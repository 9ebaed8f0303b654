import type { TokenRole } from "../../core/model/model-trace.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";

/** A prompt as tokens, and where its subject stands. */
export interface TracePrompt {
  readonly ids: readonly number[];
  /** The text of each token, for people. */
  readonly tokens: readonly string[];
  /** First token of the subject, and the one after its last. */
  readonly subject: { readonly start: number; readonly end: number };
}

/** Where the text of each token ends, in characters of the decoded prompt. */
const tokenEnds = (ids: readonly number[], tokenizer: Tokenizer): readonly number[] => {
  const decoder = tokenizer.decoder("start");
  let length = 0;
  const ends = ids.map((id) => {
    length += decoder.push(id).length;
    return length;
  });
  // Bytes of an unfinished character become text at the end.
  ends[ends.length - 1] = length + decoder.flush().length;
  return ends;
};

/**
 * Finds the tokens of `subject`, where it first occurs in `prompt`: every token that holds a character of it. Letter
 * case does not matter, as a sentence may begin with its subject.
 *
 * Errors: `invalid_request` where the prompt does not hold the subject, `prompt_too_long`.
 */
export const readTracePrompt = (
  prompt: string,
  subject: string,
  tokenizer: Tokenizer,
  context: number,
): Result<TracePrompt> => {
  const ids = tokenizer.encode(prompt);
  if (ids.length > context) {
    const message = `The prompt has ${ids.length} tokens; the model holds ${context}. Shorten it.`;
    return fail(problem("prompt_too_long", message, { param: "prompt" }));
  }
  const from = tokenizer.decode(ids).toLowerCase().indexOf(subject.toLowerCase());
  if (from < 0 || subject === "") {
    const message = `The prompt "${prompt}" does not hold the subject "${subject}"; name it letter by letter.`;
    return fail(problem("invalid_request", message, { param: "--subject" }));
  }
  const ends = tokenEnds(ids, tokenizer);
  const start = ends.findIndex((end) => end > from);
  const end = ends.findIndex((reached) => reached >= from + subject.length) + 1;
  return ok({ ids, tokens: ids.map((id) => tokenizer.tokenText(id)), subject: { start, end } });
};

/** What the token at `position` is; nothing for tokens before the subject, and two roles for a subject at the end. */
export const rolesAt = (
  { ids, subject: { start, end } }: TracePrompt,
  position: number,
): readonly TokenRole[] => {
  const roles: TokenRole[] = [];
  if (position === end - 1) roles.push("subject-last");
  else if (position === start) roles.push("subject-first");
  else if (position > start && position < end) roles.push("subject-middle");
  if (position === ids.length - 1) roles.push("prompt-last");
  else if (position >= end) roles.push("further");
  return roles;
};
