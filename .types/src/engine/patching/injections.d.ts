import type { Tensors } from "../backends/backend.ts";
import type { BoundCodebook, BoundPatches } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { CodebookChain } from "./codebook-chain.ts";
/** The patch inputs of one sequence: those of its patch set, what the entries that hit put in, and neurons that fired. */
export declare class Injections {
    #private;
    /** Every patch input, for the next run. */
    readonly feeds: Tensors;
    constructor(runner: Runner, patches: BoundPatches);
    /** Whether any patch acts in the next run. */
    get act(): boolean;
    /** Whether an entry has hit whose chain is not over. */
    get chained(): boolean;
    /** Lets neurons run in the graph, from the next run on; null lets in none. */
    letIn(neurons: Tensors | null): void;
    /** Takes up the chain of an entry that hit. */
    add(codebook: BoundCodebook, chain: CodebookChain): void;
    /** Lets the next runs inject as the prompt's last token asks, or as those before it do. */
    inject(place: "last" | "before"): void;
    /** Takes the token that the answer continued with: chains go on to their next value, or end. */
    advance(token: number): void;
}
