import type { Edit } from "../../core/edit/edit.ts";
import type { Lookup } from "../../core/model/model-trace.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { subjectOf } from "../prompts/subject-of.ts";
import { promptTooLong, targetTokens } from "../prompts/target-tokens.ts";

/** Texts are padded to multiples of this, so that few sessions serve many prompts; causality hides the padding. */
const LENGTH_STEP = 8;

/** An edit as rows of token ids: each phrasing, or context and prompt, with the target teacher-forced after it. */
export interface EditSequences {
  /** Rows of one length T, the bare prompt's first, padded at their end. */
  readonly rows: readonly (readonly number[])[];
  /** For each row the lookup position of each shift. */
  readonly lookups: readonly (readonly number[])[];
  /** [rows, T]: what each position should predict; 0 where it does not count. */
  readonly targets: readonly (readonly number[])[];
  /** [rows, T]: 1 where a target token is predicted. */
  readonly weights: Float32Array;
}

const noSubject = (prompt: string) =>
  problem(
    "invalid_request",
    `The lookup subject-last needs the subject in every prompt, and "${prompt}" does not hold it. Give the edit a subject that its prompts spell out, or --set lookup=prompt-last.`,
    { param: "subject" },
  );

/** `length` raised to the next step, the context at most. */
export const paddedLength = (length: number, context: number): number =>
  Math.min(Math.ceil(length / LENGTH_STEP) * LENGTH_STEP, context);

/** Position of the last token of `subject` in `text`; undefined where the text does not hold it. */
const subjectEnd = (text: string, subject: string | undefined, engine: Engine): number | undefined => {
  const start = subject === undefined ? -1 : text.lastIndexOf(subject);
  if (start < 0) return undefined;
  return engine.tokenizer.encode(text.slice(0, start + subject!.length)).length - 1;
};

const lookupsOf = (
  edit: Edit,
  texts: readonly string[],
  prompts: readonly (readonly number[])[],
  tokens: number,
  lookup: Lookup,
  engine: Engine,
): Result<readonly (readonly number[])[]> => {
  if (lookup === "prompt-last")
    return ok(prompts.map((ids) => Array.from({ length: tokens }, (_, j) => ids.length - 1 + j)));
  const ends = texts.map((text) => subjectEnd(text, subjectOf(edit), engine));
  const missing = ends.indexOf(undefined);
  return missing < 0 ? ok(ends.map((end) => [end!])) : fail(noSubject(texts[missing]!));
};

/**
 * Rows of an edit: its prompt, its paraphrases, and its prompt after each of `contexts`, sentences of the model's
 * domain. Contexts that do not fit the model with prompt and target are left out.
 *
 * Errors: `target_too_long`, `prompt_too_long`, `invalid_request` where the subject cannot be found.
 */
export const editSequences = async (
  edit: Edit,
  contexts: readonly string[],
  lookup: Lookup,
  engine: Engine,
): Promise<Result<EditSequences>> => {
  const target = await targetTokens(edit, engine);
  if (!target.ok) return target;
  const { context } = engine.model.dims;
  const room = context - target.value.length + 1;
  const inContext = contexts
    .map((text) => `${text} ${edit.prompt}`)
    .filter((text) => engine.tokenizer.encode(text).length <= room);
  const texts = [...editPrompts(edit), ...inContext];
  const prompts = texts.map((text) => engine.tokenizer.encode(text));
  const longest = Math.max(...prompts.map(({ length }) => length)) + target.value.length - 1;
  if (longest > context) return fail(promptTooLong(longest, context));
  const lookups = lookupsOf(edit, texts, prompts, target.value.length, lookup, engine);
  if (!lookups.ok) return lookups;
  return ok({
    ...teacherForced(prompts, target.value, paddedLength(longest, context)),
    lookups: lookups.value,
  });
};

const teacherForced = (
  prompts: readonly (readonly number[])[],
  target: readonly number[],
  length: number,
): Omit<EditSequences, "lookups"> => {
  const weights = new Float32Array(prompts.length * length);
  const fill = (ids: readonly number[]) => [...ids, ...new Array<number>(length - ids.length).fill(0)];
  const rows = prompts.map((ids) => fill([...ids, ...target.slice(0, -1)]));
  const targets = prompts.map((ids, row) => {
    const first = ids.length - 1;
    weights.fill(1, row * length + first, row * length + first + target.length);
    return fill([...new Array<number>(first).fill(0), ...target]);
  });
  return { rows, targets, weights };
};
