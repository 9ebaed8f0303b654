import type { Edit } from "../../core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { type Problem, problem } from "../../core/problem.ts";
import type { Engine } from "../../engine/engine.ts";
import { wantedTokens } from "../prompts/target-tokens.ts";

/** Below this the model hardly ever ends a text where the edit wants it to. */
const HARDLY_EVER = 1e-4;

/**
 * `fault` of an edit, with what to do where it did not converge because the bare model never says its end after the
 * target: teaching that takes more than the answer.
 */
export const withEndAdvice = async (fault: Problem, edit: Edit, engine: Engine): Promise<Problem> => {
  if (fault.code !== "edit_not_converged" || edit.end === false) return fault;
  const scored = await engine.score(edit.prompt, await wantedTokens(edit, engine), EMPTY_PATCH_SET);
  if (!scored.ok) return fault;
  const { text, logprob } = scored.value.tokens.at(-1)!;
  const probability = Math.exp(logprob);
  if (probability >= HARDLY_EVER) return fault;
  const { code, message, ...rest } = fault;
  const advice =
    `After the target the model ends its text by ${JSON.stringify(text)} with a probability of ${probability.toExponential(0)} only. ` +
    'Give the edit "end": false, so that the text goes on after the target, or name the token that ends the model\'s answers: errata model prepare --end-token.';
  return problem(code, `${message} ${advice}`, rest);
};
