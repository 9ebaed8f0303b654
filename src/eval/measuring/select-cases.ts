import { ok, type Result } from "../../core/result.ts";
import { targetText } from "../../edit/prompts/edit-identity.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import type { Respondent } from "../asking/evaluated-model.ts";
import type { EvaluationCase } from "../case.ts";
import { answersOneOf } from "./measure-case.ts";

/** The cases to measure. */
export interface SelectedCases {
  readonly cases: readonly EvaluationCase[];
  /** Cases passed over, up to the last one taken, because the unedited model does not give their old answer. */
  readonly dropped: number;
}

/** What the selection asks, and tells as it goes on. */
export interface Selection {
  readonly before: Respondent;
  /** Cases wanted; null for all. */
  readonly limit: number | null;
  readonly onAsked: (asked: number, taken: number) => void;
  readonly interrupted: () => Result<null>;
}

/** Whether prompt and target fit the model's context; a case that does not fit is one the model does not know. */
const fits = async (before: Respondent, { edit }: EvaluationCase): Promise<Result<boolean>> => {
  const scored = await before.score(edit.prompt, targetText(edit));
  if (doesNotFit(scored)) return ok(false);
  return scored.ok ? ok(true) : scored;
};

/** Takes cases in order while fewer than the limit are known to the unedited model. */
export const selectCases = async (
  cases: readonly EvaluationCase[],
  { before, limit, onAsked, interrupted }: Selection,
): Promise<Result<SelectedCases>> => {
  const taken: EvaluationCase[] = [];
  let asked = 0;
  for (const candidate of cases) {
    if (taken.length === limit) break;
    const going = interrupted();
    if (!going.ok) return going;
    asked += 1;
    const known = await answersOneOf(before, candidate.edit.prompt, candidate.oldAnswers);
    if (!known.ok) return known;
    const fitting = known.value ? await fits(before, candidate) : ok(false);
    if (!fitting.ok) return fitting;
    if (fitting.value) taken.push(candidate);
    onAsked(asked, taken.length);
  }
  return ok({ cases: taken, dropped: asked - taken.length });
};
