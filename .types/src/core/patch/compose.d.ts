import type { PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import type { LowRankPatch, Patch } from "./patch.ts";
import type { LowRankBinding, PatchSet } from "./patch-set.ts";
/**
 * The factors of each linear layer that `patches` act on, by layer and site: those of one patch as they are, those of
 * several side by side in the order given.
 */
export declare const composeLowRanks: (patches: readonly LowRankPatch[]) => readonly LowRankBinding[];
/**
 * Composes what a channel serves out of its patches, for the engine: per layer one codebook, one block of neurons,
 * and per linear layer one pair of factors, in the order of `patches`. Every patch is checked against `model`
 * first. `digest` names the set: equal digests must mean equal patches in equal order.
 *
 * Errors: those of `checkPatch`; `limit_exceeded` for too large a codebook; nothing is composed in part.
 */
export declare const composePatchSet: (digest: string, patches: readonly Patch[], model: PreparedModel) => Result<PatchSet>;
