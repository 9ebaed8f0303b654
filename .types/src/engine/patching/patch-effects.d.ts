import type { Patch } from "../../core/patch/patch.ts";
import type { NearestEntry } from "../generation.ts";
import type { BoundCodebook } from "../runner/bind-patches.ts";
import type { NearestKey } from "../search/key-search.ts";
/** What the patches did in one request, gathered from searches. */
export declare class PatchEffects {
    #private;
    /** Patches that fired, in order of first effect. */
    get fired(): readonly Patch[];
    /** The nearest entry of each codebook consulted. */
    get nearest(): readonly NearestEntry[];
    /** Notes the entry that was found nearest in `codebook`, and returns it. */
    noteCodebook({ hook, binding }: BoundCodebook, { index, distance }: NearestKey): NearestEntry;
    /** Notes that a neuron of `patch` fired. */
    noteFired(patch: Patch): void;
}
