import { getOrInsert } from "../../core/get-or-insert.ts";
import type { Result } from "../../core/result.ts";
import type { Answer, Respondent, TargetScore } from "./evaluated-model.ts";

const remembering = <Value>(ask: (...parts: string[]) => Promise<Result<Value>>) => {
  const known = new Map<string, Promise<Result<Value>>>();
  return (...parts: string[]): Promise<Result<Value>> =>
    getOrInsert(known, JSON.stringify(parts), () => ask(...parts));
};

/** The same respondent, asked nothing twice: for the unedited model, which many cases put the same prompts to. */
export const rememberAnswers = (respondent: Respondent): Respondent => {
  const answer = remembering<Answer>((prompt) => respondent.answer(prompt!));
  const score = remembering<TargetScore>((prompt, target) => respondent.score(prompt!, target!));
  return { answer, score, close: () => respondent.close() };
};
