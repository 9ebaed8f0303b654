import type { Score, TokenLogprob } from "../generation.ts";
import type { BoundPatches } from "../patching/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import { logSumExp } from "../sampling/logprobs.ts";
import { argMax } from "../sampling/sampler.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { Decoding, logitsAt } from "./decoding.ts";

/**
 * Log-probabilities of `target` after `prompt`, both within the context. The target is fed one token at a time,
 * so codebook chains follow it and every logit is the one that decoding would give.
 */
export const scoreTarget = async (
  runner: Runner,
  tokenizer: Tokenizer,
  patches: BoundPatches,
  prompt: readonly number[],
  target: readonly number[],
): Promise<Score> => {
  const decoding = new Decoding(runner, patches);
  let logits = logitsAt(await decoding.prefill(prompt), prompt.length - 1);
  const tokens: TokenLogprob[] = [];
  const greedy: boolean[] = [];
  for (const [i, id] of target.entries()) {
    if (i > 0) logits = await decoding.step(target[i - 1]!);
    tokens.push({ id, text: tokenizer.tokenText(id), logprob: logits[id]! - logSumExp(logits) });
    greedy.push(argMax(logits) === id);
  }
  return { tokens, greedy, fired: decoding.effects.fired, nearest: decoding.effects.nearest };
};
