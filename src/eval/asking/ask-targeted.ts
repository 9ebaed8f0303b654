import { ok, type Result } from "../../core/result.ts";
import { isAnswer, targetText } from "../../edit/prompts/edit-identity.ts";
import { meanLoss, shareOf, trimmedAnswer } from "../figures/metrics.ts";
import type { TargetedResult } from "../report.ts";
import { doesNotFit } from "./does-not-fit.ts";
import type { Answer, Respondent } from "./evaluated-model.ts";

/** A model before and after an edit. */
export interface BeforeAndAfter {
  readonly before: Respondent;
  readonly after: Respondent;
}

/** A prompt and what should follow it after the edit. */
export interface Targeted {
  readonly prompt: string;
  /** Answers that count as right; the first is the one scored. */
  readonly expected: readonly string[];
  /** Whether the answer may go on after what is expected. */
  readonly mayGoOn?: boolean;
  /** The old object, which ES and PS weigh against the first; null where there is none. */
  readonly old: string | null;
}

/** Both models' free-running answers. */
export const askBoth = async (
  { before, after }: BeforeAndAfter,
  prompt: string,
): Promise<Result<{ readonly before: Answer; readonly after: Answer }>> => {
  const was = await before.answer(prompt);
  if (!was.ok) return was;
  const is = await after.answer(prompt);
  return is.ok ? ok({ before: was.value, after: is.value }) : is;
};

/** Mean loss of `answer` after `prompt`; null where there is none to score, or none that fits the context. */
export const lossOf = async (
  respondent: Respondent,
  prompt: string,
  answer: string | null,
): Promise<Result<number | null>> => {
  if (answer === null || answer === "") return ok(null);
  const scored = await respondent.score(prompt, targetText({ target: answer }));
  if (doesNotFit(scored)) return ok(null);
  return scored.ok ? ok(meanLoss(scored.value.logprobs)) : scored;
};

/** Asks for an answer that should have come about: free-running before and after, teacher-forced after. */
export const askTargeted = async (
  models: BeforeAndAfter,
  { prompt, expected, mayGoOn = false, old }: Targeted,
): Promise<Result<TargetedResult>> => {
  const [wanted] = expected as readonly [string, ...string[]];
  const answers = await askBoth(models, prompt);
  if (!answers.ok) return answers;
  const scored = await models.after.score(prompt, targetText({ target: wanted }));
  if (!scored.ok) return scored;
  const oldLoss = await lossOf(models.after, prompt, old === wanted ? null : old);
  if (!oldLoss.ok) return oldLoss;
  const { before, after } = answers.value;
  const said = trimmedAnswer(after.text);
  return ok({
    prompt,
    before: trimmedAnswer(before.text),
    after: said,
    expected: wanted,
    correct: expected.some((answer) => isAnswer(said, trimmedAnswer(answer), mayGoOn)),
    expectedLoss: meanLoss(scored.value.logprobs),
    oldLoss: oldLoss.value,
    tokenAccuracy: shareOf(scored.value.greedy),
    nearest: after.nearest,
  });
};
