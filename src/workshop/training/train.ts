import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { formatProgress } from "../../train/run/progress.ts";
import { type TrainedModel, trainModel } from "../../train/run/train-model.ts";
import { measureTrained, saveTrained, type TrainedModelReport } from "../../train/trained/save-trained.ts";
import { calibrateModel } from "../models/calibrate-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { TrainingRun } from "./training-run.ts";

/** A model trained, measured, written and calibrated. */
export interface Training extends TrainedModelReport {
  /** Mean loss of every step. */
  readonly losses: TrainedModel["losses"];
}

const trainOn = async (
  run: TrainingRun,
  { progress, signal }: WorkshopContext,
): Promise<Result<TrainedModel>> => {
  const trained = await trainModel({
    ...run,
    signal,
    onProgress: (step) => progress.line(formatProgress(step)),
  });
  if (trained.ok || trained.problem.code !== "cancelled") return trained;
  const message = `${trained.problem.message} Go on with the same command and --resume.`;
  return fail(problem("cancelled", message, { detail: { checkpoint: run.checkpoint } }));
};

/**
 * Trains a base model, measures what it recalls, writes it ready to serve, and calibrates it.
 *
 * Errors: those of `trainModel`, `measureTrained`, `saveTrained` and `calibrateModel`; an interrupted run says how to
 * go on.
 */
export const train = async (run: TrainingRun, context: WorkshopContext): Promise<Result<Training>> => {
  const trained = await trainOn(run, context);
  if (!trained.ok) return trained;
  context.progress.note("measuring what the model recalls");
  const { config, corpus, out } = run;
  const report = await measureTrained(config, corpus, trained.value);
  if (!report.ok) return report;
  const saved = await saveTrained(config, corpus, trained.value, report.value, out);
  if (!saved.ok) return saved;
  const calibrated = await calibrateModel(out, false, context);
  return calibrated.ok ? ok({ ...report.value, losses: trained.value.losses }) : calibrated;
};
