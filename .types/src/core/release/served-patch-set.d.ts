import type { Digest } from "../digest.ts";
/** A published bundle as a channel points to it. */
export interface ReleaseTarget {
    readonly bundle: Digest;
    /** The number the service gave the bundle among its model's bundles: 1, 2, 3, ... */
    readonly version: number;
}
/** What a channel serves: one bundle, plus its hotfixes, minus its disabled patches. */
export interface ServedPatchSet {
    /** The bundle; null is `none`. */
    readonly target: ReleaseTarget | null;
    /** Ids of the hotfixes on top of it, oldest first. */
    readonly hotfixes: readonly Digest[];
    /** Ids of the patches, of the bundle or of a hotfix, that are not attached; ascending, each once. */
    readonly disabled: readonly string[];
}
/** The bare model: nothing attached. */
export declare const BARE_MODEL: ServedPatchSet;
/** The set that is a bundle and nothing else; null is the bare model. */
export declare const setOfTarget: (target: ReleaseTarget | null) => ServedPatchSet;
/** What of a set goes into hashes: the version is only a name, and absent lists are left out. */
export declare const patchSetValue: ({ target, hotfixes, disabled }: ServedPatchSet) => {
    bundle: `sha256:${string}` | null;
    hotfixes?: `sha256:${string}`[];
    disabled?: string[];
};
/** A text that two sets share exactly where they are the same. */
export declare const patchSetKey: (set: ServedPatchSet) => string;
/** Whether two sets are the same. */
export declare const samePatchSet: (left: ServedPatchSet, right: ServedPatchSet) => boolean;
/**
 * The digest that names a patch set: `none` for the bare model, the bundle's id for a bundle and nothing else, and
 * otherwise the sha256 of the canonical JSON of bundle, hotfixes and disabled patches.
 */
export declare const patchSetDigest: (set: ServedPatchSet) => Promise<string>;
