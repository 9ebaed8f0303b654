import type { Patch } from "../../../src/core/patch/patch.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { patchSetOf } from "../../edit/support/tiny-context.ts";

/** Tokens whose probabilities are compared: a few, from all over the tiny vocabulary. */
const TOKENS = [40, 60, 80, 120, 200] as const;

const logprobsAfter = async (
  prompt: string,
  patches: readonly Patch[],
  context: EditingContext,
): Promise<readonly number[]> => {
  const logprobs: number[] = [];
  for (const token of TOKENS) {
    const score = await context.engine.score(prompt, [token], patchSetOf(context, patches));
    if (!score.ok) throw new Error(score.problem.message);
    logprobs.push(score.value.tokens[0]!.logprob);
  }
  return logprobs;
};

/** How far patches move what the served model says after each of `prompts`, in nats: what a suspect is suspected of. */
export const sideEffects = async (
  prompts: readonly string[],
  patches: readonly Patch[],
  context: EditingContext,
): Promise<readonly number[]> => {
  const effects: number[] = [];
  for (const prompt of prompts) {
    const before = await logprobsAfter(prompt, [], context);
    const after = await logprobsAfter(prompt, patches, context);
    effects.push(Math.hypot(...before.map((value, index) => value - after[index]!)));
  }
  return effects;
};
