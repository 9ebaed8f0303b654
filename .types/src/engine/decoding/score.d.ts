import type { Score } from "../generation.ts";
import type { BoundPatches } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
/**
 * Log-probabilities of `target` after `prompt`, both within the context. The target is fed one token at a time,
 * so codebook chains follow it and every logit is the one that decoding would give.
 */
export declare const scoreTarget: (runner: Runner, tokenizer: Tokenizer, patches: BoundPatches, prompt: readonly number[], target: readonly number[]) => Promise<Score>;
