import type { Edit } from "../../core/edit/edit.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import type { Engine } from "../../engine/engine.ts";
import { givesTarget, targetText } from "../prompts/edit-identity.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { ANSWER_TOKENS, greedyAnswer } from "../running/greedy-answer.ts";

/** Tokens beyond the target's own, enough to see that an answer goes on. */
const TOKENS_BEYOND = 2;

/** The prompts of the edit to which the model under `patches` does not give the target, free-running and whole. */
export const unansweredPrompts = async (
  engine: Engine,
  edit: Edit,
  patches: PatchSet,
): Promise<readonly string[]> => {
  const own = engine.tokenizer.encodeContinuation(targetText(edit)).length;
  const { context } = engine.model.dims;
  // No answer can be that long; what a method makes of such a target is its own to say.
  if (own > context) return editPrompts(edit);
  const most = Math.min(Math.max(ANSWER_TOKENS, own + TOKENS_BEYOND), context);
  const unanswered: string[] = [];
  for (const prompt of editPrompts(edit))
    if (!givesTarget(edit, await greedyAnswer(engine, prompt, patches, most))) unanswered.push(prompt);
  return unanswered;
};

/** Whether the model under `patches` gives the target to every prompt of the edit. */
export const isAnswered = async (engine: Engine, edit: Edit, patches: PatchSet): Promise<boolean> => {
  for (const prompt of editPrompts(edit)) {
    const one = { ...edit, prompt, paraphrases: [] };
    if ((await unansweredPrompts(engine, one, patches)).length > 0) return false;
  }
  return true;
};
