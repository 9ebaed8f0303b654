import type { LinearSite } from "../../core/patch/patch.ts";
import { type Problem } from "../../core/problem.ts";
import type { DecoderStructure } from "../structure/decoder-structure.ts";
/** Which blocks, counted from 0, carry which hooks. A site without a hook costs nothing and takes no patch. */
export interface HookSelection {
    readonly codebook: readonly number[];
    readonly neurons: readonly number[];
    readonly lowRank: readonly {
        readonly layer: number;
        readonly site: LinearSite;
    }[];
    /** `relu` (the default): a silent neuron adds exactly nothing. `model`: the FFN's own activation. */
    readonly neuronActivation?: "relu" | "model";
}
/** No hooks: the graph behaves and costs as it was exported. */
export declare const NO_HOOKS: HookSelection;
/**
 * The hooks of a model whose owner chose none: codebook and neurons on the last block, low-rank on the
 * down-projections of the middle third of the blocks, where the literature locates factual recall.
 */
export declare const defaultHooks: (layers: number) => HookSelection;
/** What makes `selection` impossible on this decoder; undefined where it can be had. */
export declare const findImpossibleHook: ({ blocks }: DecoderStructure, { codebook, neurons, lowRank }: HookSelection) => Problem | undefined;
