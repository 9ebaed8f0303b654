import { editSchema } from "./edit.ts";

/** Keys that a line may carry for its author's own use: `mistakes.jsonl` has the first two. Nothing reads them. */
export const ANNOTATION_KEYS: readonly string[] = ["kind", "taught", "metadata"];

/** Keys that an edit is read from. */
export const EDIT_KEYS: readonly string[] = Object.keys(editSchema.shape);

/** A key of an edits file that means nothing, most likely misspelt. */
export interface UnreadKey {
  readonly key: string;
  /** The first line that has it, counted from 1. */
  readonly line: number;
  /** How many lines have it. */
  readonly lines: number;
}

const keysOf = (line: string): readonly string[] => {
  const json: unknown = JSON.parse(line);
  return typeof json === "object" && json !== null ? Object.keys(json) : [];
};

/**
 * The keys of an edits file that are neither read nor annotations, each once, in order of their first line. `text` is
 * one that `parseEdits` takes.
 */
export const findUnreadKeys = (text: string): readonly UnreadKey[] => {
  const known = new Set([...EDIT_KEYS, ...ANNOTATION_KEYS]);
  const found = new Map<string, UnreadKey>();
  for (const [index, line] of text.split("\n").entries())
    for (const key of line.trim() === "" ? [] : keysOf(line))
      if (!known.has(key)) {
        const before = found.get(key) ?? { key, line: index + 1, lines: 0 };
        found.set(key, { ...before, lines: before.lines + 1 });
      }
  return [...found.values()];
};
