import type { Edit } from "../../core/edit/edit.ts";
import { createIdAllocator, cutText } from "../../core/edit/unique-id.ts";

/** Longest part of a prompt that an identity is made from. */
const SLUG_LENGTH = 60;

const slug = (text: string): string =>
  cutText(
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-+|-+$/g, ""),
    SLUG_LENGTH,
  ) || "edit";

/** A name for each edit, its own `id` where it has one, unique among all and among `others`. */
export const editIdentities = (
  edits: readonly Edit[],
  others: ReadonlySet<string> = new Set(),
): readonly string[] => {
  const allocate = createIdAllocator(others);
  return edits.map((edit) => allocate(edit.id ?? slug(edit.prompt)));
};

/** An answer as it is written after a prompt: with one leading space, as the model's own sentences have it. */
export const answerText = (answer: string): string => (/^\s/.test(answer) ? answer : ` ${answer}`);

/** The target as it is written after a prompt. */
export const targetText = (edit: Pick<Edit, "target">): string => answerText(edit.target);

/** Whether `answer` is `expected`, or, where the text may go on, begins with it and not with a longer word. */
export const isAnswer = (answer: string, expected: string, mayGoOn: boolean): boolean => {
  if (!mayGoOn || !answer.startsWith(expected)) return answer === expected;
  return !/[\p{L}\p{N}]$/u.test(expected) || !/^[\p{L}\p{N}]/u.test(answer.slice(expected.length));
};

/** Whether an answer, as the model writes it after a prompt of the edit, is what the edit wants. */
export const givesTarget = (edit: Pick<Edit, "target" | "end">, answer: string): boolean =>
  isAnswer(answer, targetText(edit), edit.end === false);
