import { fail, ok, type Result } from "../../core/result.ts";
import { isAnswer } from "../../edit/prompts/edit-identity.ts";
import { askLocality, askNeighbour } from "../asking/ask-locality.ts";
import { askBoth, askTargeted, type BeforeAndAfter } from "../asking/ask-targeted.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import type { Answer, Respondent } from "../asking/evaluated-model.ts";
import type { EvaluationCase, PortabilityProbe } from "../case.ts";
import { trimmedAnswer } from "../figures/metrics.ts";
import type { CaseCost, CaseResult, PortabilityResult } from "../report.ts";

/** What making the case's patches took and gave, for each of its edits. */
export interface MadePatches {
  readonly seconds: number;
  readonly bytes: number;
  readonly skipped: string | null;
}

const collect = async <Item, Value>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result<Value>>,
): Promise<Result<readonly Value[]>> => {
  const values: Value[] = [];
  for (const item of items) {
    const asked = await ask(item);
    if (doesNotFit(asked)) continue;
    if (!asked.ok) return asked;
    values.push(asked.value);
  }
  return ok(values);
};

/** Whether the model answers one of `answers`; always where none is named, never where the prompt does not fit. */
export const answersOneOf = async (
  respondent: Respondent,
  prompt: string,
  answers: readonly string[] | null,
  mayGoOn = false,
): Promise<Result<boolean>> => {
  if (answers === null) return ok(true);
  const said = await respondent.answer(prompt);
  if (doesNotFit(said)) return ok(false);
  if (!said.ok) return said;
  return ok(
    answers.some((answer) => isAnswer(trimmedAnswer(said.value.text), trimmedAnswer(answer), mayGoOn)),
  );
};

const measurePortability = async (
  models: BeforeAndAfter,
  probes: readonly PortabilityProbe[],
): Promise<Result<readonly PortabilityResult[]>> => {
  const known: PortabilityProbe[] = [];
  for (const probe of probes) {
    const knows = await answersOneOf(models.before, probe.prompt, probe.before);
    if (!knows.ok) return knows;
    if (knows.value) known.push(probe);
  }
  return collect(known, async ({ kind, prompt, answers, before }) => {
    const asked = await askTargeted(models, { prompt, expected: answers, old: before?.[0] ?? null });
    return asked.ok ? ok({ ...asked.value, kind }) : asked;
  });
};

const measureLocality = async (
  models: BeforeAndAfter,
  { locality, edit }: EvaluationCase,
): Promise<Result<CaseResult["locality"]>> => {
  const neighbours = await collect(locality.neighbours, (neighbour) =>
    askNeighbour(models, neighbour, edit.target),
  );
  if (!neighbours.ok) return neighbours;
  const sameSubject = await collect(locality.sameSubject, (probe) => askLocality(models, probe));
  if (!sameSubject.ok) return sameSubject;
  const random = await collect(locality.random, (probe) => askLocality(models, probe));
  if (!random.ok) return random;
  return ok({ neighbours: neighbours.value, sameSubject: sameSubject.value, random: random.value });
};

const costOf = ({ seconds, bytes }: MadePatches, before: Answer, after: Answer): CaseCost => {
  const [was, is] = [before.timings, after.timings];
  if (was === null || is === null) return { seconds, bytes, prefill: null, perToken: null };
  const counted = was.tokens > 0 && is.tokens > 0;
  return {
    seconds,
    bytes,
    prefill: { before: was.prefill, after: is.prefill },
    perToken: counted ? { before: was.decode / was.tokens, after: is.decode / is.tokens } : null,
  };
};

/** Asks everything of one case. Fails as the respondents do; a probe that does not fit the context is left out. */
export const measureCase = async (
  evaluationCase: EvaluationCase,
  models: BeforeAndAfter,
  made: MadePatches,
): Promise<Result<CaseResult>> => {
  const { edit } = evaluationCase;
  const first = await askBoth(models, edit.prompt);
  if (!first.ok) return fail(first.problem);
  const old = evaluationCase.oldAnswers?.[0] ?? trimmedAnswer(first.value.before.text);
  const ask = (prompt: string) =>
    askTargeted(models, { prompt, expected: [edit.target], mayGoOn: edit.end === false, old });
  const accuracy = await ask(edit.prompt);
  if (!accuracy.ok) return accuracy;
  const given = await collect(edit.paraphrases, ask);
  if (!given.ok) return given;
  const generality = await collect(evaluationCase.phrasings, async ({ prompt, seenInTraining }) => {
    const asked = await ask(prompt);
    return asked.ok ? ok({ ...asked.value, seenInTraining }) : asked;
  });
  if (!generality.ok) return generality;
  const locality = await measureLocality(models, evaluationCase);
  if (!locality.ok) return locality;
  const portability = await measurePortability(models, evaluationCase.portability);
  if (!portability.ok) return portability;
  return ok({
    id: evaluationCase.id,
    line: evaluationCase.line,
    subject: edit.subject ?? null,
    target: edit.target,
    skipped: made.skipped,
    accuracy: accuracy.value,
    given: given.value,
    generality: generality.value,
    locality: locality.value,
    portability: portability.value,
    cost: costOf(made, first.value.before, first.value.after),
  });
};
