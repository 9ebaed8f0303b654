import type { Result } from "../result.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { CodebookPatch, Replacement } from "./patch.ts";
/** One entry of a codebook: a row of a patch's keys. */
export interface CodebookEntry {
    readonly patch: CodebookPatch;
    readonly row: number;
}
/** What an entry injects, and for how long. The arrays are views of the patch's tensors. */
export interface ChainContent {
    /** [t, d]: one value for each target token. */
    readonly values: Float32Array;
    /** [t]: the tokens that an answer must follow for the next value to go in; the end of the answer included. */
    readonly targets: Int32Array;
    /** Where the first value goes in: at the last prompt token, or at every one. */
    readonly replace: Replacement;
}
/** The row of the chain that an entry injects. */
export declare const chainRow: ({ patch, row }: CodebookEntry) => number;
/** The target tokens of chain `row`, without what pads them. */
export declare const chainTargets: ({ tensors: { targets } }: CodebookPatch, row: number) => Int32Array;
/** The values [t, d] of chain `row` of `values` [c, T, d], as many as it has targets. */
export declare const valuesOfChain: ({ shape, data }: FloatTensor, row: number, targets: number) => Float32Array;
/**
 * The chain of an entry that hit. Settles at once where the patch's values are in memory, and else reads them.
 * Errors: those of `DeferredValues`; an answer must then fail, as there is nothing right to inject.
 */
export declare const chainOf: (entry: CodebookEntry) => Promise<Result<ChainContent>>;
