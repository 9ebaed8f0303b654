import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { EvaluationCase, EvaluationData } from "./case.ts";
import type { Editor } from "./editor.ts";
import { efficiencyOf, figuresOf, propertiesOf, sOf } from "./figures.ts";
import { measureAbility } from "./general-ability.ts";
import type { Journal } from "./journal.ts";
import { measureCase } from "./measure-case.ts";
import { rememberAnswers } from "./remember-answers.ts";
import type { CaseResult, EvaluationReport, SequentialPoint } from "./report.ts";
import { type SelectedCases, selectCases } from "./select-cases.ts";
import { runSequential } from "./sequential.ts";
import { type Respondent, type Subject, UNEDITED } from "./subject.ts";

/** What to evaluate, and with what. */
export interface Evaluation {
  readonly method: string;
  readonly model: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly data: EvaluationData;
  /** Cases wanted, counted after those that the model does not know are dropped; null for all. */
  readonly limit: number | null;
  /** Whether to run the sequential protocol too. */
  readonly sequential: boolean;
  readonly subject: Subject;
  readonly editor: Editor;
  readonly journal: Journal;
  readonly onProgress: (step: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
  }) => void;
  /** Largest resident memory of this process so far, in bytes. */
  readonly peakMemory: () => number;
  readonly signal: AbortSignal;
}

const interrupted =
  ({ signal }: Evaluation) =>
  (): Result<null> =>
    signal.aborted ? fail(problem("cancelled", "Interrupted; what was finished is kept.")) : ok(null);

const select = (evaluation: Evaluation, before: Respondent): Promise<Result<SelectedCases>> => {
  const { data, limit, onProgress } = evaluation;
  const total = Math.min(limit ?? data.cases.length, data.cases.length);
  return selectCases(data.cases, {
    before,
    limit,
    onAsked: (_, taken) => onProgress({ stage: "asking what the model knows", done: taken, total }),
    interrupted: interrupted(evaluation),
  });
};

const measureOne = async (
  subject: EvaluationCase,
  before: Respondent,
  evaluation: Evaluation,
): Promise<Result<CaseResult>> => {
  const edits = [subject.edit, ...subject.alongside];
  const made = await evaluation.editor.edit(edits);
  if (!made.ok) return made;
  const { attachment, skipped } = made.value;
  const costs = { seconds: made.value.seconds / edits.length, bytes: made.value.bytes / edits.length };
  const attached = await evaluation.subject.attach(attachment);
  if (!attached.ok) return attached;
  const after = rememberAnswers(attached.value);
  const reason = skipped.get(subject.edit.prompt) ?? null;
  const result = await measureCase(subject, { before, after }, { ...costs, skipped: reason });
  const closed = await after.close();
  return closed.ok ? result : closed;
};

/** Each edit alone, with a patch set of its own. */
const measureSingly = async (
  cases: readonly EvaluationCase[],
  before: Respondent,
  evaluation: Evaluation,
): Promise<Result<readonly CaseResult[]>> => {
  const { journal, editor, onProgress } = evaluation;
  const results: CaseResult[] = [];
  let primed = false;
  for (const subject of cases) {
    const going = interrupted(evaluation)();
    if (!going.ok) return going;
    const known = await journal.find(subject);
    if (!known && !primed) {
      // The first edit of all also measures the model's probes, which belongs to no edit: made once for nothing.
      const first = await editor.edit([subject.edit]);
      if (!first.ok) return first;
      primed = true;
    }
    const result = known ? ok(known) : await measureOne(subject, before, evaluation);
    if (!result.ok) return result;
    if (!known) await journal.addCase(subject, result.value);
    results.push(result.value);
    onProgress({ stage: "measuring edits one by one", done: results.length, total: cases.length });
  }
  return ok(results);
};

const measureInSequence = (
  cases: readonly EvaluationCase[],
  before: Respondent,
  evaluation: Evaluation,
): Promise<Result<readonly SequentialPoint[]>> => {
  const { subject, editor, journal, seed, onProgress } = evaluation;
  return runSequential(cases, {
    subject,
    editor,
    before,
    seed,
    known: journal.points,
    onEdit: (done) => onProgress({ stage: "editing in sequence", done, total: cases.length }),
    onPoint: journal.addPoint,
    interrupted: interrupted(evaluation),
  });
};

const withUnedited = async (
  evaluation: Evaluation,
  before: Respondent,
): Promise<Result<EvaluationReport>> => {
  const selected = await select(evaluation, before);
  if (!selected.ok) return selected;
  const { cases, dropped } = selected.value;
  const results = await measureSingly(cases, before, evaluation);
  if (!results.ok) return results;
  const points = evaluation.sequential ? await measureInSequence(cases, before, evaluation) : ok([]);
  if (!points.ok) return points;
  const ability = await measureAbility(before, evaluation.seed);
  if (!ability.ok) return ability;
  const { method, model, data, limit, settings, seed } = evaluation;
  const figures = figuresOf(results.value, seed);
  return ok({
    method,
    model,
    data: data.name,
    limit,
    known: cases.length,
    dropped,
    properties: propertiesOf(figures),
    s: sOf(figures),
    sequential: points.value,
    ability: ability.value,
    efficiency: efficiencyOf(results.value, evaluation.peakMemory(), seed),
    settings,
    seed,
    skipped: data.skipped,
    figures,
    cases: results.value,
  });
};

/**
 * Evaluates a method on a model: drops what the model does not know, measures each edit alone, then all of them in
 * sequence. Deterministic but for the times and the memory of `efficiency` and of each case's `cost`.
 *
 * Errors: `cancelled` once the signal is aborted, with everything finished in the journal; those of the method and of
 * the subject.
 */
export const runEvaluation = async (evaluation: Evaluation): Promise<Result<EvaluationReport>> => {
  const unedited = await evaluation.subject.attach(UNEDITED);
  if (!unedited.ok) return unedited;
  const report = await withUnedited(evaluation, rememberAnswers(unedited.value));
  const closed = await unedited.value.close();
  return closed.ok ? report : closed;
};
