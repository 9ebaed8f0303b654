import { digestOfText } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { EditMethod } from "../../edit/method.ts";
import { PLAIN_WORKBENCH, type Workers } from "../../edit/workbench.ts";
import type { EvaluationData } from "../../eval/case.ts";
import { openJournal } from "../../eval/journal.ts";
import { openEditor } from "../../eval/measuring/editor.ts";
import type { EvaluationReport } from "../../eval/report.ts";
import { runEvaluation } from "../../eval/run-evaluation.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import { type OpenModel, openModel } from "../models/open-model.ts";
import { openWorkers } from "../workers/open-workers.ts";
import type { Progress, ProgressStep, WorkshopContext } from "../workshop-context.ts";
import type { EvaluationProtocol } from "./evaluation-options.ts";
import type { EvaluationText } from "./evaluation-text.ts";
import { openEvaluatedModel } from "./open-evaluated-model.ts";

/** What to evaluate, read and checked. */
export interface EvaluationRequest extends EvaluationProtocol {
  readonly method: EditMethod;
  readonly files: ModelDirectory;
  readonly data: EvaluationData;
  readonly text: EvaluationText;
  /** Directory of the journal, absolute. */
  readonly out: string;
}

/** Shows the steps of a method without a line for each stage: between two steps of the evaluation there are many. */
const showBetween =
  ({ line }: Progress) =>
  ({ stage, done, total }: ProgressStep): void =>
    line(`${stage} ${done}/${total}`);

const runOn = async (
  request: EvaluationRequest,
  opened: OpenModel,
  workers: Workers | null,
  context: WorkshopContext,
): Promise<Result<EvaluationReport>> => {
  const { method, settings, files, data, text, batch, seed, through } = request;
  const evaluated = await openEvaluatedModel({ ...request, method: method.name }, opened.engine, context);
  if (!evaluated.ok) return evaluated;
  const run = {
    method: method.name,
    settings: JSON.stringify(settings),
    // In full, as the model's digest says nothing of its calibration.
    model: await digestOfText(JSON.stringify(files.model)),
    data: data.name,
    batch,
    seed,
    through,
    ...(text.digest !== null && { text: text.digest }),
  };
  const journal = await openJournal(request.out, run, request.resume);
  if (!journal.ok) return journal;
  const { now, progress, signal, peakMemory } = context;
  return runEvaluation({
    ...request,
    passages: text.passages,
    limit: request.limit ?? null,
    method: method.name,
    model: files.model.name,
    evaluated: evaluated.value,
    editor: openEditor({
      method,
      settings,
      context: {
        model: files.model,
        ...opened,
        workbench: { ...PLAIN_WORKBENCH, workers },
        // A batch may take minutes; an edit alone is one step of the evaluation's own progress.
        onProgress: batch > 1 ? showBetween(progress) : () => undefined,
        signal,
      },
      now,
    }),
    journal: journal.value,
    workers,
    onProgress: progress.step,
    peakMemory,
    signal,
  });
};

/**
 * Opens the model, evaluates, and closes it again.
 *
 * Errors: those of `openModel`, `openEvaluatedModel`, `openJournal` and `runEvaluation`; an interrupted run says how to go on.
 */
export const evaluate = async (
  request: EvaluationRequest,
  context: WorkshopContext,
): Promise<Result<EvaluationReport>> => {
  const opened = await openModel(request.files, context);
  if (!opened.ok) return opened;
  // A worker asks the engine that it has; a service is asked from here.
  const workers = request.through === "engine" ? openWorkers(request.workers, request.files, context) : null;
  try {
    const report = await runOn(request, opened.value, workers, context);
    if (report.ok || report.problem.code !== "cancelled") return report;
    const message = `Interrupted; what was finished is kept in ${request.out}. Go on with the same command and --resume.`;
    return fail(problem("cancelled", message, { detail: { out: request.out } }));
  } finally {
    await workers?.close();
    await opened.value.engine.release();
  }
};
