import { type Result } from "../result.ts";
import type { Edit } from "./edit.ts";
/** Two edits that ask for the same knowledge and give it different targets: indices, and what both ask for. */
export interface EditConflict {
    readonly first: number;
    readonly second: number;
    /** For people: `Australia, country-capital`, or the prompt that both answer. */
    readonly about: string;
}
/**
 * Every edit that contradicts an earlier one: the same subject (trimmed, in whatever case) and the same relation,
 * with another target. The relation is the edit's `relation`; edits that share a prompt or a paraphrase about one
 * subject, or the very same prompt, ask for one relation whatever they call it. Each edit is listed once at most,
 * beside the first that it contradicts. Takes time in proportion to the prompts.
 */
export declare const findEditConflicts: (edits: readonly Edit[]) => readonly EditConflict[];
/** Indices of the edits of `older` that one of `newer` contradicts, by the rule of `findEditConflicts`. */
export declare const findContradicted: (older: readonly Edit[], newer: readonly Edit[]) => ReadonlySet<number>;
/**
 * Refuses edits that contradict each other.
 *
 * @param nameOf says which edit is meant, for the message; an edit's id or prompt where left out
 *
 * Errors: `edit_conflict`, naming both edits and their targets; `detail.conflicts` holds all of them.
 */
export declare const checkEditConflicts: (edits: readonly Edit[], nameOf?: (index: number) => string) => Result<null>;
