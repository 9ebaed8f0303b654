import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { EditMethod } from "../../edit/method.ts";
import { findMethod } from "../../edit/methods.ts";
import { withOpenings } from "../../eval/measuring/passages.ts";
import { htmlReport } from "../../eval/report/html-report.ts";
import type { EvaluationReport } from "../../eval/report.ts";
import { readNamedModel } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type EvaluationRequest, evaluate } from "./evaluate.ts";
import { EVALUATIONS_DIRECTORY, type EvaluationOptions } from "./evaluation-options.ts";
import { openEvaluationText } from "./evaluation-text.ts";
import { openData } from "./open-data.ts";

/** The report in full, in the directory of the results. */
const REPORT_FILE = "report.json";

/** The same for people: plots, every figure, every prompt. */
const PAGE_FILE = "report.html";

/** A report, and where it was written: whole paths. */
export interface Evaluation {
  readonly report: EvaluationReport;
  readonly file: string;
  readonly page: string;
}

const checkSettings = (
  { name, settings }: EditMethod,
  given: EvaluationOptions["settings"],
): Result<null> => {
  const unknown = Object.keys(given).find((setting) => !(setting in settings));
  if (unknown === undefined) return ok(null);
  const message = `${name} has no setting "${unknown}"; it has: ${Object.keys(settings).join(", ")}.`;
  return fail(problem("invalid_request", message, { param: "--set" }));
};

/** Checks everything that can be checked before the work begins. */
const readRequest = async (
  options: EvaluationOptions,
  context: WorkshopContext,
): Promise<Result<EvaluationRequest>> => {
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const known = checkSettings(method.value, options.settings);
  if (!known.ok) return known;
  const data = await openData(options, context);
  if (!data.ok) return data;
  const text = await openEvaluationText(options.text, context);
  if (!text.ok) return text;
  const files = await readNamedModel(options.model, context);
  if (!files.ok) return files;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, EVALUATIONS_DIRECTORY, `${method.value.name}-${data.value.name}`)
      : resolve(context.workingDirectory, options.out);
  const { cases } = data.value;
  const asked = text.value.digest === null ? cases : withOpenings(cases, text.value.passages);
  return ok({
    ...options,
    method: method.value,
    files: files.value,
    data: { ...data.value, cases: asked },
    text: text.value,
    out,
  });
};

const noneKnown = ({ model, data, dropped }: EvaluationReport) =>
  problem("invalid_request", `${model} knows none of the ${dropped} facts of ${data} that were asked.`, {
    param: "--data",
  });

/**
 * Measures what a method does to a model, and writes the report as JSON and as a page.
 *
 * Errors: those of `findMethod`, `openData`, `openEvaluationText`, `readModelDirectory` and `evaluate`; `invalid_request` for settings that
 * the method does not have, and where the model knows nothing that was asked.
 */
export const evaluateMethod = async (
  options: EvaluationOptions,
  context: WorkshopContext,
): Promise<Result<Evaluation>> => {
  const request = await readRequest(options, context);
  if (!request.ok) return request;
  const evaluated = await evaluate(request.value, context);
  if (!evaluated.ok) return evaluated;
  const report = evaluated.value;
  if (report.known === 0) return fail(noneKnown(report));
  const file = join(request.value.out, REPORT_FILE);
  const page = join(request.value.out, PAGE_FILE);
  await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(page, htmlReport([report]));
  return ok({ report, file, page });
};
