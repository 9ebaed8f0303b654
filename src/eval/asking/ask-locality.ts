import { ok, type Result } from "../../core/result.ts";
import { targetText } from "../../edit/prompts/edit-identity.ts";
import type { LocalityProbe, Neighbour } from "../case.ts";
import { divergence, shareOf, trimmedAnswer } from "../figures/metrics.ts";
import type { LocalityResult } from "../report.ts";
import { askBoth, type BeforeAndAfter, lossOf } from "./ask-targeted.ts";
import { doesNotFit } from "./does-not-fit.ts";
import type { Respondent } from "./evaluated-model.ts";

/**
 * Share of a former answer's tokens that are still the most probable, each after the ones before it. Needs no
 * question where the whole answer is unchanged: greedy decoding chose each of them again.
 */
const tokensUnchanged = async (
  after: Respondent,
  prompt: string,
  former: string,
  unchanged: boolean,
): Promise<Result<number | null>> => {
  if (former === "") return ok(null);
  if (unchanged) return ok(1);
  const scored = await after.score(prompt, former);
  if (doesNotFit(scored)) return ok(null);
  return scored.ok ? ok(shareOf(scored.value.greedy)) : scored;
};

/** Asks a prompt that should keep its answer, free-running before and after. */
export const askLocality = async (
  models: BeforeAndAfter,
  { prompt }: LocalityProbe,
): Promise<Result<LocalityResult>> => {
  const answers = await askBoth(models, prompt);
  if (!answers.ok) return answers;
  const { before, after } = answers.value;
  const unchanged = before.text === after.text;
  const tokens = await tokensUnchanged(models.after, prompt, before.text, unchanged);
  if (!tokens.ok) return tokens;
  return ok({
    prompt,
    before: trimmedAnswer(before.text),
    after: trimmedAnswer(after.text),
    unchanged,
    tokensUnchanged: tokens.value,
    answerLoss: null,
    targetLoss: null,
    divergence: divergence(before.first, after.first),
    nearest: after.nearest,
  });
};

/**
 * The same of a neighbour, and what NS needs: the losses of its right answer and of the edit's target. A neighbour
 * that has the target for its right answer has no NS.
 */
export const askNeighbour = async (
  models: BeforeAndAfter,
  neighbour: Neighbour,
  target: string,
): Promise<Result<LocalityResult>> => {
  const asked = await askLocality(models, neighbour);
  if (!asked.ok) return asked;
  const right = neighbour.answer ?? asked.value.before;
  if (targetText({ target: right }) === targetText({ target })) return ok({ ...asked.value, object: "new" });
  const answerLoss = await lossOf(models.after, neighbour.prompt, right);
  if (!answerLoss.ok) return answerLoss;
  const targetLoss = await lossOf(models.after, neighbour.prompt, target);
  if (!targetLoss.ok) return targetLoss;
  return ok({
    ...asked.value,
    answerLoss: answerLoss.value,
    targetLoss: targetLoss.value,
    object: neighbour.object,
  });
};
