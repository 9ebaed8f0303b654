import type { ChainContent } from "../../core/patch/chain.ts";
/**
 * An entry that hit, followed through the answer: its first value goes in at the prompt's end, and each further one
 * for as long as the answer follows the entry's targets (design 5.2).
 */
export declare class CodebookChain {
    #private;
    /** The value [d] to inject now; overwritten by each advance. */
    readonly value: Float32Array;
    readonly replace: ChainContent["replace"];
    /** @param width of the residual stream, d */
    constructor(content: ChainContent, width: number);
    /**
     * Takes the token that the answer continued with and makes `value` that of the next step. False when the chain is
     * over: the token was not the target, or was the last one. It must then be dropped.
     */
    advance(token: number): boolean;
}
