import type { PatchSet } from "../core/patch/patch-set.ts";
import type { Engine } from "../engine/engine.ts";

/** Most tokens of an answer that comparisons look at. */
export const ANSWER_TOKENS = 24;

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
  const request = {
    prompt,
    maxTokens,
    temperature: 0,
    topP: 1,
    seed: 0,
    stop: [],
    logprobs: null,
    echo: false,
  };
  for await (const event of engine.generate(request, patches)) if (event.kind === "token") text += event.text;
  return text;
};
