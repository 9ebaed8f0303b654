import type { Digest } from "../digest.ts";
import type { Edit } from "../edit/edit.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import type { Patch } from "../patch/patch.ts";
import type { Result } from "../result.ts";
import type { Manifest } from "./manifest.ts";
/** What a bundle is made from. */
export interface BundleParts {
    readonly edits: readonly Edit[];
    readonly patches: readonly Patch[];
    /** Name of the method: `grace`. */
    readonly method: string;
    /** Hyper-parameters; numbers as the strings they were given as. */
    readonly parameters: Readonly<Record<string, string>>;
    readonly seed: number;
    readonly model: PreparedModel;
    readonly parent: Digest | null;
    /** Exact bytes of `report.json`, or null where nothing was measured. */
    readonly report: Uint8Array | null;
}
/** A bundle not yet signed. */
export interface BuiltBundle {
    /** sha256 of `manifestBytes`. */
    readonly id: Digest;
    readonly manifest: Manifest;
    readonly manifestBytes: Uint8Array;
    /** The patch blobs; patches with equal tensors share one. */
    readonly blobs: ReadonlyMap<Digest, Uint8Array>;
    readonly report: Uint8Array | null;
}
/**
 * Builds a bundle: checks every patch against the model, writes its blobs, and the manifest as canonical JSON, so
 * that equal parts give equal bytes and the same id on every machine. What it returns, `parseManifest` reads.
 *
 * Errors: those of `checkPatch` and `parseManifest`; `limit_exceeded` for too large a codebook.
 */
export declare const buildBundle: (parts: BundleParts) => Promise<Result<BuiltBundle>>;
