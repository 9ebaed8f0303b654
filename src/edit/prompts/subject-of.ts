import type { Edit } from "../../core/edit/edit.ts";
import { editPrompts } from "./edit-prompts.ts";

const words = (text: string): readonly string[] => text.match(/[\p{L}\p{N}'’.-]+/gu) ?? [];

/** The longest run of words that every prompt of the edit shares; empty where they share none. */
const sharedWords = (prompts: readonly string[]): string => {
  const [first = [], ...others] = prompts.map(words);
  const padded = others.map((list) => ` ${list.join(" ")} `);
  for (let length = first.length; length > 0; length--)
    for (let start = 0; start + length <= first.length; start++) {
      const run = first.slice(start, start + length).join(" ");
      if (padded.every((text) => text.includes(` ${run} `))) return run;
    }
  return "";
};

/**
 * What an edit is about: its `subject`, or, where it names none, the words that its prompt and paraphrases have
 * in common. Undefined where that cannot be told.
 */
export const subjectOf = (edit: Edit): string | undefined => {
  if (edit.subject !== undefined) return edit.subject;
  return edit.paraphrases.length === 0 ? undefined : sharedWords(editPrompts(edit)) || undefined;
};

/** The edit's prompts that name `subject`, with `other` in its place throughout. */
export const promptsAbout = (edit: Edit, subject: string, other: string): readonly string[] =>
  editPrompts(edit)
    .filter((prompt) => prompt.includes(subject))
    .map((prompt) => prompt.replaceAll(subject, () => other));
