import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Workers } from "../edit/workbench.ts";
import { type EvaluatedModel, type Respondent, UNEDITED } from "./asking/evaluated-model.ts";
import { rememberAnswers } from "./asking/remember-answers.ts";
import type { EvaluationCase, EvaluationData } from "./case.ts";
import { efficiencyOf, figuresOf, propertiesOf, sOf } from "./figures/figures.ts";
import type { Journal } from "./journal.ts";
import type { Editor } from "./measuring/editor.ts";
import { measureAbility } from "./measuring/general-ability.ts";
import { measureAhead } from "./measuring/measure-ahead.ts";
import { measureBatches } from "./measuring/measure-batches.ts";
import type { Passage } from "./measuring/passages.ts";
import { type SelectedCases, selectCases } from "./measuring/select-cases.ts";
import { runSequential } from "./measuring/sequential.ts";
import type { CaseResult, EvaluationReport, SequentialPoint } from "./report.ts";

/** What to evaluate, and with what. */
export interface EvaluationParts {
  readonly method: string;
  readonly model: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly data: EvaluationData;
  /** What the model's writing is measured on. */
  readonly passages: readonly Passage[];
  /** Cases wanted, counted after those that the model does not know are dropped; null for all. */
  readonly limit: number | null;
  /** Edits made at a time, in one application of the method; 1 makes and measures each alone. */
  readonly batch: number;
  /** Whether to measure each edit, or batch, by itself. */
  readonly single: boolean;
  /** Whether to run the sequential protocol too. */
  readonly sequential: boolean;
  readonly evaluated: EvaluatedModel;
  readonly editor: Editor;
  readonly journal: Journal;
  /** Measure edits each alone, by the engine; null to measure them here, by `evaluated`. */
  readonly workers: Workers | null;
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
  ({ signal }: EvaluationParts) =>
  (): Result<null> =>
    signal.aborted ? fail(problem("cancelled", "Interrupted; what was finished is kept.")) : ok(null);

const select = (evaluation: EvaluationParts, before: Respondent): Promise<Result<SelectedCases>> => {
  const { data, limit, onProgress } = evaluation;
  const total = Math.min(limit ?? data.cases.length, data.cases.length);
  return selectCases(data.cases, {
    before,
    limit,
    onAsked: (_, taken) => onProgress({ stage: "asking what the model knows", done: taken, total }),
    interrupted: interrupted(evaluation),
  });
};

/** Every case under the patches of its batch: its own alone where batches are of one, by workers where there are any. */
const measureCases = async (
  cases: readonly EvaluationCase[],
  before: Respondent,
  evaluation: EvaluationParts,
): Promise<Result<readonly CaseResult[]>> => {
  const { method, settings, evaluated, editor, journal, batch, workers, onProgress } = evaluation;
  const stage = batch === 1 ? "measuring edits one by one" : "measuring edits in batches";
  const parts = {
    editor,
    journal,
    onMeasured: (done: number) => onProgress({ stage, done, total: cases.length }),
    interrupted: interrupted(evaluation),
  };
  const ahead =
    batch === 1 && workers
      ? await measureAhead(cases, { ...parts, workers, measuring: { method, settings } })
      : ok(null);
  return ahead.ok ? measureBatches(cases, { ...parts, evaluated, before, size: batch }) : ahead;
};

const measureInSequence = (
  cases: readonly EvaluationCase[],
  before: Respondent,
  evaluation: EvaluationParts,
): Promise<Result<readonly SequentialPoint[]>> => {
  const { evaluated, editor, journal, passages, seed, batch, onProgress } = evaluation;
  return runSequential(cases, {
    evaluated,
    editor,
    before,
    passages,
    seed,
    size: batch,
    known: journal.points,
    onEdit: (done) => onProgress({ stage: "editing in sequence", done, total: cases.length }),
    onPoint: journal.addPoint,
    interrupted: interrupted(evaluation),
  });
};

const withUnedited = async (
  evaluation: EvaluationParts,
  before: Respondent,
): Promise<Result<EvaluationReport>> => {
  const selected = await select(evaluation, before);
  if (!selected.ok) return selected;
  const { cases, dropped } = selected.value;
  const results = evaluation.single ? await measureCases(cases, before, evaluation) : ok([]);
  if (!results.ok) return results;
  const points = evaluation.sequential ? await measureInSequence(cases, before, evaluation) : ok([]);
  if (!points.ok) return points;
  const ability = await measureAbility(before, evaluation.passages, evaluation.seed);
  if (!ability.ok) return ability;
  const { method, model, data, limit, batch, settings, seed } = evaluation;
  const figures = figuresOf(results.value, seed);
  return ok({
    method,
    model,
    data: data.name,
    limit,
    batch,
    known: cases.length,
    dropped,
    properties: propertiesOf(figures),
    s: sOf(figures),
    sequential: points.value,
    ability: ability.value,
    efficiency: efficiencyOf(
      results.value,
      { peakMemoryBytes: evaluation.peakMemory(), workers: evaluation.workers?.count ?? 1 },
      seed,
    ),
    settings,
    seed,
    skipped: data.skipped,
    figures,
    cases: results.value,
  });
};

/**
 * Evaluates a method on a model: drops what the model does not know, measures each edit alone or each batch by
 * itself, then all of them in sequence. Deterministic but for the times and the memory of `efficiency` and of each
 * case's `cost`.
 *
 * Errors: `cancelled` once the signal is aborted, with everything finished in the journal; those of the method and of
 * the evaluated model.
 */
export const runEvaluation = async (evaluation: EvaluationParts): Promise<Result<EvaluationReport>> => {
  const unedited = await evaluation.evaluated.attach(UNEDITED);
  if (!unedited.ok) return unedited;
  const report = await withUnedited(evaluation, rememberAnswers(unedited.value));
  const closed = await unedited.value.close();
  return closed.ok ? report : closed;
};
