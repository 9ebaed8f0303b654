/** Keys that a line may carry for its author's own use: `mistakes.jsonl` has the first two. Nothing reads them. */
export declare const ANNOTATION_KEYS: readonly string[];
/** Keys that an edit is read from. */
export declare const EDIT_KEYS: readonly string[];
/** A key of an edits file that means nothing, most likely misspelt. */
export interface UnreadKey {
    readonly key: string;
    /** The first line that has it, counted from 1. */
    readonly line: number;
    /** How many lines have it. */
    readonly lines: number;
}
/**
 * The keys of an edits file that are neither read nor annotations, each once, in order of their first line. `text` is
 * one that `parseEdits` takes.
 */
export declare const findUnreadKeys: (text: string) => readonly UnreadKey[];
