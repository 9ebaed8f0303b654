import type { Manifest, PatchRecord } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { Edit } from "../edit/edit.ts";
import type { ServedPatchSet } from "./served-patch-set.ts";
/** Where patches come from: the bundle of a patch set (`hotfix` null), or one of its hotfixes. */
export interface PatchSource {
    readonly hotfix: Digest | null;
    readonly manifest: Manifest;
}
/** One patch that a channel holds, attached or disabled. */
export interface CatalogPatch {
    readonly record: PatchRecord;
    /** The edits that it carries. */
    readonly edits: readonly Edit[];
    /** Index of its source in the catalog's `sources`. */
    readonly source: number;
    /** The hotfix it came with; null where it is the bundle's. */
    readonly hotfix: Digest | null;
    readonly enabled: boolean;
}
/** What a channel holds: its sources, the bundle first and then the hotfixes in order, and their patches by id. */
export interface PatchCatalog {
    readonly sources: readonly PatchSource[];
    readonly patches: ReadonlyMap<string, CatalogPatch>;
}
/**
 * Lists the patches of a patch set. An id means one patch: where a hotfix holds one that the bundle or an earlier
 * hotfix has too, the first stands, as a release already decided between them.
 */
export declare const catalogPatches: (sources: readonly PatchSource[], disabled: ServedPatchSet["disabled"]) => PatchCatalog;
/** The patches that were solved with `patch` over several blocks, itself among them: they act together or not at all. */
export declare const groupOf: ({ patches }: PatchCatalog, patch: CatalogPatch) => readonly CatalogPatch[];
/** The patches that are attached, the bundle's first. */
export declare const attachedPatches: ({ patches }: PatchCatalog) => readonly CatalogPatch[];
/** The sources with only the patches that are attached, in the catalog's order: what a loader must open. */
export declare const attachedSources: (catalog: PatchCatalog) => readonly PatchSource[];
/**
 * Everything that is attached as one manifest, with the edits that it needs; what else a manifest says is the first
 * source's. Null where nothing is attached.
 */
export declare const attachedManifest: (catalog: PatchCatalog) => Manifest | null;
