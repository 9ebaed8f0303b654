import { EDIT_ID_MAX_LENGTH } from "./edit.ts";

/** Characters that a number after a name may need: bundles hold 10,000 edits. */
const SUFFIX_LENGTH = 6;

/** `text`, at most `length` characters of it, none cut in half. */
export const cutText = (text: string, length: number): string => [...text].slice(0, length).join("");

/**
 * Hands out ids that differ from each other and from `taken`, which it does not change: the name asked for, or else
 * that name with `-2`, `-3` and so on, cut where it would be longer than `EDIT_ID_MAX_LENGTH`.
 */
export const createIdAllocator = (taken: Iterable<string> = []): ((name: string) => string) => {
  const used = new Set(taken);
  const next = new Map<string, number>();
  return (name) => {
    let id = name;
    let number = next.get(name) ?? 2;
    for (; used.has(id); number++) id = `${cutText(name, EDIT_ID_MAX_LENGTH - SUFFIX_LENGTH)}-${number}`;
    next.set(name, number);
    used.add(id);
    return id;
  };
};
