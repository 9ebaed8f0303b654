import type { Edit } from "../core/edit/edit.ts";
import { type Problem, problem } from "../core/problem.ts";
import { targetText } from "./edit-identity.ts";
import { editPrompts } from "./negatives.ts";

/** `edit_conflict` where one of `others` gives a phrasing of `edit` another target; undefined where none does. */
export const findConflict = (edit: Edit, others: readonly Edit[]): Problem | undefined => {
  const own = new Set(editPrompts(edit));
  for (const other of others) {
    if (targetText(other) === targetText(edit)) continue;
    const shared = editPrompts(other).find((prompt) => own.has(prompt));
    if (shared === undefined) continue;
    const message = `"${shared}" has two targets, "${other.target}" and "${edit.target}". Keep one of them.`;
    return problem("edit_conflict", message, { param: "prompt" });
  }
  return undefined;
};
