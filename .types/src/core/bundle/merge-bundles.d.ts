import type { Digest } from "../digest.ts";
import type { Edit } from "../edit/edit.ts";
import type { Patch } from "../patch/patch.ts";
import { type Result } from "../result.ts";
import type { Manifest } from "./manifest.ts";
/** The method that a merged bundle's manifest names: what made its patches stands in its parameters. */
export declare const MERGED_METHOD = "merged";
/** Most bundles of one merge: the manifest records where each came from. */
export declare const MERGE_MAX_SOURCES: number;
/** One of the bundles to merge, believed already. */
export interface MergeSource {
    readonly id: Digest;
    readonly manifest: Manifest;
    /** In the manifest's order; the values of codebooks at hand. */
    readonly patches: readonly Patch[];
}
/** A patch that goes by another id in the merged bundle, as its own was taken by another patch. */
export interface RenamedPatch {
    readonly source: Digest;
    readonly from: string;
    readonly to: string;
}
/** Several bundles as one. */
export interface MergedBundles {
    readonly edits: readonly Edit[];
    readonly patches: readonly Patch[];
    /** For the manifest: `source.1`, `source.1.method`, `source.1.parameters`, and so on. */
    readonly parameters: Readonly<Record<string, string>>;
    /** Edits and patches that several bundles hold, counted each time they were left out. */
    readonly repeated: {
        readonly edits: number;
        readonly patches: number;
    };
    /** Ids of codebook patches that several bundles hold with other radii; of each entry the narrower one is kept. */
    readonly narrowed: readonly string[];
    readonly renamed: readonly RenamedPatch[];
}
/** What a merged manifest records of its sources: `source.1`, `source.1.method`, `source.1.parameters`, and so on. */
export declare const sourceParameters: (sources: readonly Pick<MergeSource, "id" | "manifest">[]) => Promise<Readonly<Record<string, string>>>;
/**
 * Makes one set of edits and patches out of those of several bundles of one base model, in their order. Equal edits
 * and equal patches are kept once; a codebook patch that differs in its radii only is kept once with the narrower
 * ones; another patch under an id that is taken gets the id with `-2`, `-3` and so on. Where codebook balls of
 * different bundles overlap is not looked at: that takes geometry, which the editing methods know.
 *
 * A source's hyper-parameters are recorded as canonical JSON, or by their digest where that is too long.
 *
 * Errors: `wrong_base_model`; `limit_exceeded` past `MERGE_MAX_SOURCES` and a bundle's edits and patches;
 * `edit_conflict` naming both edits and their bundles. Throws a RangeError without a source.
 */
export declare const mergeBundles: (sources: readonly MergeSource[]) => Promise<Result<MergedBundles>>;
/** A codebook whose keys were measured without patches that now act before it. */
export interface DisturbedCodebook {
    readonly layer: number;
    /** Ids of the neurons and low-rank patches at its block or an earlier one. */
    readonly patches: readonly string[];
}
/**
 * The codebooks that compare states which other patches can move: a key measured without them may be missed where
 * they act. Low-rank patches act always, neurons where they fire.
 */
export declare const disturbedCodebooks: (patches: readonly Patch[]) => readonly DisturbedCodebook[];
