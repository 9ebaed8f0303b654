import type { Edit } from "../../core/edit/edit.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../../core/patch/codebook/codebook-limits.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { targetText } from "./edit-identity.ts";
import { editPrompts } from "./edit-prompts.ts";

const withEnd = (edit: Edit, { tokenizer, model }: Engine): readonly number[] => [
  ...tokenizer.encodeContinuation(targetText(edit)),
  model.specialTokens.end,
];

/** The target's tokens with the end of the answer. Errors: `target_too_long`. */
export const targetTokens = (edit: Edit, engine: Engine): Result<readonly number[]> => {
  const ids = withEnd(edit, engine);
  if (ids.length <= CODEBOOK_MAX_TARGET_TOKENS) return ok(ids);
  const message = `The target "${edit.target}" has ${ids.length} tokens with the end of the answer; at most ${CODEBOOK_MAX_TARGET_TOKENS} fit an edit. Shorten it.`;
  return fail(problem("target_too_long", message, { param: "target" }));
};

/** The refusal of a prompt that has `tokens` tokens together with its target, where the model holds `context`. */
export const promptTooLong = (tokens: number, context: number): Problem =>
  problem(
    "prompt_too_long",
    `Prompt and target have ${tokens} tokens together; the model holds ${context}. Shorten the prompt.`,
    { param: "prompt" },
  );

/**
 * The mean negative log-likelihood of the target's tokens, the end of the answer included, over the edit's prompts
 * under `patches`, in nats. Errors: those of the engine's `score`.
 */
export const targetLoss = async (edit: Edit, engine: Engine, patches: PatchSet): Promise<Result<number>> => {
  const target = withEnd(edit, engine);
  const prompts = editPrompts(edit);
  let sum = 0;
  for (const prompt of prompts) {
    const score = await engine.score(prompt, target, patches);
    if (!score.ok) return score;
    for (const { logprob } of score.value.tokens) sum -= logprob;
  }
  return ok(sum / (prompts.length * target.length));
};
