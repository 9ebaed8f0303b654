import type { Patch } from "../patch/patch.ts";
import type { Manifest, PatchRecord } from "./manifest.ts";
/** A codebook patch that is the same but for smaller balls: it made room for another entry. */
export interface NarrowedPatch {
    readonly id: string;
    /** Its id before; another where it came again with a hotfix. */
    readonly was: string;
    readonly layer: number;
    /** How many of its keys have a smaller radius. */
    readonly keys: number;
    /** Radius of the key that lost most, before and after. */
    readonly before: number;
    readonly after: number;
}
/** Two records that may be one patch, narrowed. */
export interface RecordPair {
    readonly before: PatchRecord;
    readonly after: PatchRecord;
}
/** Pairs of a removed and an added codebook patch that carry equal edits. */
export declare const pairsOfEqualEdits: (removed: readonly PatchRecord[], added: readonly PatchRecord[], before: Manifest, after: Manifest) => readonly RecordPair[];
/** What was narrowed between two patches; null where they differ otherwise, or a ball has grown, or none has shrunk. */
export declare const narrowedPatch: (old: Patch | undefined, next: Patch | undefined) => NarrowedPatch | null;
