import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import type { Engine, Prompt } from "../../engine/engine.ts";

/** Most tokens of an answer that comparisons look at. */
export const ANSWER_TOKENS = 24;

/** The likeliest token at each step, until the answer ends. */
const GREEDY = {
  maxTokens: ANSWER_TOKENS,
  temperature: 0,
  topP: 1,
  seed: 0,
  stop: [],
  logprobs: null,
  echo: false,
} as const;

/**
 * What the production decoder answers, greedily, with a natural stop and no hint of the target's length.
 */
export const greedyAnswer = async (
  engine: Engine,
  prompt: string,
  patches: PatchSet,
  maxTokens = ANSWER_TOKENS,
): Promise<string> => {
  let text = "";
  const request = { ...GREEDY, prompt, maxTokens };
  for await (const event of engine.generate(request, patches)) if (event.kind === "token") text += event.text;
  return text;
};

/** The tokens of the bare model's greedy answer to `prompt`, as it chose them. Throws as `greedyAnswer` does. */
export const greedyTokens = async (
  engine: Engine,
  prompt: Prompt,
  maxTokens = ANSWER_TOKENS,
): Promise<readonly number[]> => {
  const ids: number[] = [];
  const request = { ...GREEDY, prompt, maxTokens, logprobs: 0 };
  for await (const event of engine.generate(request, EMPTY_PATCH_SET))
    if (event.kind === "token") ids.push(...event.tokens.map(({ id }) => id));
  return ids;
};

/** Geometric mean probability of an answer's tokens from which on a model counts as knowing what it says. */
const SURE = 0.9;

/** Whether the bare model is sure of its greedy answer to `prompt`. Throws as `greedyAnswer` does. */
export const isSure = async (engine: Engine, prompt: string): Promise<boolean> => {
  const logprobs: number[] = [];
  const request = { ...GREEDY, prompt, logprobs: 0 };
  for await (const event of engine.generate(request, EMPTY_PATCH_SET))
    if (event.kind === "token") logprobs.push(...event.tokens.map(({ logprob }) => logprob ?? 0));
  const sum = logprobs.reduce((total, logprob) => total + logprob, 0);
  return logprobs.length > 0 && Math.exp(sum / logprobs.length) >= SURE;
};
