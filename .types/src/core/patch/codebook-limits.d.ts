import type { Problem } from "../problem.ts";
import type { Patch } from "./patch.ts";
/** Most entries that the codebook of one layer may have, over all patches of a patch set. */
export declare const CODEBOOK_MAX_ENTRIES = 10000;
/** Most tokens of a codebook chain's target, the end of the answer included. */
export declare const CODEBOOK_MAX_TARGET_TOKENS = 32;
/** Null while a layer's codebook of `entries` is within `CODEBOOK_MAX_ENTRIES`, else `limit_exceeded`. */
export declare const entriesFault: (layer: number, entries: number) => Problem | null;
/** The first layer of `patches` whose codebook is over `CODEBOOK_MAX_ENTRIES`, as a problem; null where none is. */
export declare const codebookSizeFault: (patches: readonly Patch[]) => Problem | null;
