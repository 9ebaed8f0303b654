import type { Edit } from "../edit/edit.ts";
import type { Patch, PatchKind } from "../patch/patch.ts";
import type { Manifest, PatchRecord } from "./manifest.ts";
import type { NarrowedPatch, RecordPair } from "./narrowed-patches.ts";
/** One side of a comparison; null instead of a side is `none`, the bare model. `patches` adds the norms. */
export interface DiffSide {
    readonly manifest: Manifest;
    readonly patches?: readonly Patch[];
}
/** An edit that both sides hold under one name, with different content. */
export interface ChangedEdit {
    readonly before: Edit;
    readonly after: Edit;
}
/** A patch that both sides hold under one id, with other tensors or another place. */
export interface ChangedPatch {
    readonly id: string;
    readonly kind: PatchKind;
    readonly layer: number;
    /** Euclidean norm of what the patch adds or injects, after minus before; null without tensors of both sides. */
    readonly normDelta: number | null;
}
/** How two bundles differ in what they mean; no differences, all lists empty and all numbers 0. */
export interface BundleDiff {
    readonly edits: {
        readonly added: readonly Edit[];
        readonly removed: readonly Edit[];
        readonly changed: readonly ChangedEdit[];
    };
    readonly patches: {
        readonly added: readonly PatchRecord[];
        readonly removed: readonly PatchRecord[];
        readonly changed: readonly ChangedPatch[];
        /** Codebook patches that only have smaller balls than before; told from others by the tensors of both sides. */
        readonly narrowed: readonly NarrowedPatch[];
    };
    /** Number of patches of each kind, after minus before; kinds without a difference are left out. */
    readonly kinds: Readonly<Partial<Record<PatchKind, number>>>;
    /** Layers with an added, removed or changed patch, ascending. */
    readonly layers: readonly number[];
    /** Bytes of all patch blobs, after minus before. */
    readonly bytes: number;
    /** Settings that differ (`method`, `seed`, `model`, each hyper-parameter), as texts; null where a side has none. */
    readonly settings: Readonly<Record<string, {
        readonly before: string | null;
        readonly after: string | null;
    }>>;
}
/** Patches whose tensors a comparison needs of both sides: those that changed, or may have been narrowed. */
export declare const pairsToCompare: (before: DiffSide | null, after: DiffSide | null) => readonly RecordPair[];
/**
 * Compares two bundles by meaning: edits by name (id, or prompt where they have none), patches by id. Two bundles
 * with equal content have an empty diff whatever their ids, parents and reports.
 */
export declare const diffBundles: (before: DiffSide | null, after: DiffSide | null) => BundleDiff;
