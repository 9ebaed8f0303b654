import { PatchEffects } from "../patching/patch-effects.ts";
import type { BoundPatches } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
/** Logits of a whole prompt, row-major [T, vocabulary]. */
export interface PromptLogits {
    readonly data: Float32Array;
    readonly vocabulary: number;
}
/** The logits [vocabulary] after position `position`, a view. */
export declare const logitsAt: ({ data, vocabulary }: PromptLogits, position: number) => Float32Array;
/**
 * One sequence on its way through the model: prefill once, then a step for each token. The cache goes from each
 * run's outputs to the next run's inputs, whichever graph ran, and a step reuses its input tensors, so it allocates
 * none. Where no patch acts the plain graph runs: what missed costs, and answers, as if nothing were attached. What
 * hits or fires repeats the run that it would have changed.
 */
export declare class Decoding {
    #private;
    readonly effects: PatchEffects;
    constructor(runner: Runner, patches: BoundPatches);
    /** Runs the prompt, consults the patches with its states, and returns the logits of every position. */
    prefill(ids: readonly number[]): Promise<PromptLogits>;
    /** Appends one token and returns the logits [vocabulary] after it. */
    step(token: number): Promise<Float32Array>;
}
