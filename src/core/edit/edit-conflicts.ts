import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { Edit } from "./edit.ts";

/** Two edits that ask for the same knowledge and give it different targets: indices, and what both ask for. */
export interface EditConflict {
  readonly first: number;
  readonly second: number;
  /** For people: `Australia, country-capital`, or the prompt that both answer. */
  readonly about: string;
}

/** One way in which an edit can be met by another: equal keys ask for the same knowledge. */
interface KnowledgeKey {
  readonly key: string;
  readonly about: string;
}

/** Conflicts that a message spells out; its detail holds all of them. */
const CONFLICTS_SHOWN = 3;

/** Stands between the parts of a key; no text of an edit is likely to hold it. */
const SEPARATOR = "\u0000";

const folded = (text: string): string => text.trim().normalize("NFC").toLowerCase().replaceAll(/\s+/g, " ");

/** White space around a target is the writer's, not the answer's. */
const targetOf = (edit: Edit): string => edit.target.trim();

const promptsOf = (edit: Edit): readonly string[] => [edit.prompt, ...edit.paraphrases];

const promptKeys = (edit: Edit): readonly KnowledgeKey[] =>
  promptsOf(edit).map((prompt) => ({ key: `prompt${SEPARATOR}${prompt.trim()}`, about: `"${prompt}"` }));

/**
 * Subject and relation, by the relation's name and by every prompt form. Under one subject a form is told by the
 * whole prompt, case aside, as the slot holds the same name.
 */
const subjectKeys = (edit: Edit, subject: string): readonly KnowledgeKey[] => {
  const stem = `subject${SEPARATOR}${folded(subject)}${SEPARATOR}`;
  const forms = promptsOf(edit).map((prompt) => ({
    key: `${stem}form${SEPARATOR}${folded(prompt)}`,
    about: `"${prompt}"`,
  }));
  if (edit.relation === undefined) return forms;
  const named = {
    key: `${stem}relation${SEPARATOR}${folded(edit.relation)}`,
    about: `${subject.trim()}, ${edit.relation.trim()}`,
  };
  return [named, ...forms];
};

const keysOf = (edit: Edit): readonly KnowledgeKey[] =>
  edit.subject === undefined ? promptKeys(edit) : [...subjectKeys(edit, edit.subject), ...promptKeys(edit)];

/**
 * Every edit that contradicts an earlier one: the same subject (trimmed, in whatever case) and the same relation,
 * with another target. The relation is the edit's `relation`; edits that share a prompt or a paraphrase about one
 * subject, or the very same prompt, ask for one relation whatever they call it. Each edit is listed once at most,
 * beside the first that it contradicts. Takes time in proportion to the prompts.
 */
export const findEditConflicts = (edits: readonly Edit[]): readonly EditConflict[] => {
  const holders = new Map<string, number>();
  const conflicts: EditConflict[] = [];
  for (const [second, edit] of edits.entries()) {
    const keys = keysOf(edit);
    const met = keys.find(({ key }) => {
      const holder = holders.get(key);
      return holder !== undefined && targetOf(edits[holder]!) !== targetOf(edit);
    });
    if (met !== undefined) conflicts.push({ first: holders.get(met.key)!, second, about: met.about });
    for (const { key } of keys) if (!holders.has(key)) holders.set(key, second);
  }
  return conflicts;
};

/** Indices of the edits of `older` that one of `newer` contradicts, by the rule of `findEditConflicts`. */
export const findContradicted = (older: readonly Edit[], newer: readonly Edit[]): ReadonlySet<number> => {
  const targets = new Map<string, string>();
  for (const edit of newer) for (const { key } of keysOf(edit)) targets.set(key, targetOf(edit));
  const contradicts =
    (edit: Edit) =>
    ({ key }: KnowledgeKey) =>
      targets.has(key) && targets.get(key) !== targetOf(edit);
  return new Set(older.flatMap((edit, index) => (keysOf(edit).some(contradicts(edit)) ? [index] : [])));
};

/** How an edit is called where nothing else names it: its id or its prompt. */
const ownName = (edit: Edit): string => `"${edit.id ?? edit.prompt}"`;

/**
 * Refuses edits that contradict each other.
 *
 * @param nameOf says which edit is meant, for the message; an edit's id or prompt where left out
 *
 * Errors: `edit_conflict`, naming both edits and their targets; `detail.conflicts` holds all of them.
 */
export const checkEditConflicts = (
  edits: readonly Edit[],
  nameOf: (index: number) => string = (index) => ownName(edits[index]!),
): Result<null> => {
  const conflicts = findEditConflicts(edits).map(({ first, second, about }) => ({
    about,
    first: nameOf(first),
    second: nameOf(second),
    targets: [edits[first]!.target, edits[second]!.target],
  }));
  if (conflicts.length === 0) return ok(null);
  const shown = conflicts
    .slice(0, CONFLICTS_SHOWN)
    .map(
      ({ about, first, second, targets }) =>
        `${first} gives "${targets[0]}" and ${second} gives "${targets[1]}" (${about})`,
    );
  const more = conflicts.length - shown.length;
  const message =
    `Edits contradict each other: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}. ` +
    "Keep one of each pair.";
  return fail(problem("edit_conflict", message, { param: "edits", detail: { conflicts } }));
};
