/** How the next token is chosen. */
export interface SamplingOptions {
    /** 0 takes the most probable token; otherwise logits are divided by it. */
    readonly temperature: number;
    /** Only the most probable tokens that together reach this probability take part; in (0, 1]. */
    readonly topP: number;
    readonly seed: number;
}
/** Chooses a token id from logits [vocabulary]. */
export type Sampler = (logits: Float32Array) => number;
/** Index of the largest value; the first of equals. */
export declare const argMax: (values: Float32Array) => number;
/**
 * A sampler for one answer: greedy at temperature 0, else temperature and nucleus sampling (Holtzman et al. 2020,
 * "The Curious Case of Neural Text Degeneration", section 3.1) with one draw of the seeded generator a token.
 * Tokens exactly as probable as the nucleus's last one are kept too, so the choice needs no order among equals.
 */
export declare const createSampler: ({ temperature, topP, seed }: SamplingOptions) => Sampler;
