import type { Result } from "../result.ts";
import type { ChainContent, CodebookEntry } from "./chain.ts";
import type { LinearSite, LowRankPatch, NeuronsPatch } from "./patch.ts";
/** All codebook entries of one layer, merged. */
export interface CodebookBinding {
    readonly layer: number;
    /** Number of entries m, at least 1. */
    readonly size: number;
    /** Width d of the residual stream. */
    readonly width: number;
    /** The keys of one patch after the other, row-major [entries of the patch, d]: the patches' own arrays. */
    readonly keys: readonly Float32Array[];
    /** [m] */
    readonly radii: Float32Array;
    /** For each entry, the patch that it belongs to and its row within it. */
    readonly entries: readonly CodebookEntry[];
    /**
     * What entry `index` injects; asked for on a hit only. Settles at once where the values are in memory. Errors: those
     * of `DeferredValues`.
     */
    readonly chainOf: (index: number) => Promise<Result<ChainContent>>;
}
/** All extra neurons of one layer. */
export interface NeuronsBinding {
    readonly layer: number;
    /** Number of neurons n, at least 1. */
    readonly size: number;
    /** Width d of the residual stream. */
    readonly width: number;
    /** The patches with the neurons, in order. */
    readonly patches: readonly NeuronsPatch[];
    /** The patch that each neuron belongs to, [n]: the neurons of one patch after the other. */
    readonly owners: readonly NeuronsPatch[];
}
/** All low-rank factors of one linear layer, concatenated along the rank, or their product where that is smaller. */
export interface LowRankBinding {
    readonly layer: number;
    readonly site: LinearSite;
    /** [in, r] */ readonly A: Float32Array;
    /** [r, out] */ readonly B: Float32Array;
    readonly rank: number;
    readonly owners: readonly LowRankPatch[];
}
/** What a channel serves, composed for the engine. Immutable; shared by every request on the same digest. */
export interface PatchSet {
    /** Names the set: equal digests mean equal behaviour. `none` is the bare model. */
    readonly digest: string;
    readonly codebooks: readonly CodebookBinding[];
    readonly neurons: readonly NeuronsBinding[];
    readonly lowRanks: readonly LowRankBinding[];
    /** Bytes of tensor data held, for cache budgets. */
    readonly bytes: number;
}
/** The patch set of the bare model: nothing attached. */
export declare const EMPTY_PATCH_SET: PatchSet;
