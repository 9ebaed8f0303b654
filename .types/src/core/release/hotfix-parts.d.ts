import type { Edit } from "../edit/edit.ts";
import type { Patch } from "../patch/patch.ts";
/** What a method made of the attached patches and new edits: a complete set, as of a bundle. */
export interface EditedSet {
    readonly edits: readonly Edit[];
    /** Their `edits` are indices into `edits`. */
    readonly patches: readonly Patch[];
}
/** What of an edited set goes into a hotfix, and what it supersedes. */
export interface HotfixParts {
    readonly edits: readonly Edit[];
    readonly patches: readonly Patch[];
    /** Ids of attached patches that are gone from the edited set or have other tensors in it. */
    readonly disable: readonly string[];
}
/**
 * The difference between what is attached and an edited set, as a hotfix: every patch that is new or changed, under
 * an id that is free on the channel, and the ids of those that it supersedes.
 *
 * @param taken ids of all patches of the channel, disabled ones too
 */
export declare const hotfixParts: (attached: readonly Patch[], edited: EditedSet, taken: ReadonlySet<string>) => Promise<HotfixParts>;
