import { EDIT_ID_MAX_LENGTH, type Edit } from "../core/edit/edit.ts";

/** Longest part of a prompt that an identity is made from. */
const SLUG_LENGTH = 60;

/** Characters that a number after a name may need: bundles hold 10,000 edits. */
const SUFFIX_LENGTH = 6;

const cut = (text: string, length: number): string => [...text].slice(0, length).join("");

const slug = (text: string): string =>
  cut(
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
  const taken = new Set(others);
  return edits.map((edit) => {
    const base = edit.id ?? slug(edit.prompt);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${cut(base, EDIT_ID_MAX_LENGTH - SUFFIX_LENGTH)}-${n}`;
    taken.add(name);
    return name;
  });
};

/** The target as it is written after a prompt: with one leading space, as the model's own sentences have it. */
export const targetText = (edit: Pick<Edit, "target">): string =>
  /^\s/.test(edit.target) ? edit.target : ` ${edit.target}`;
