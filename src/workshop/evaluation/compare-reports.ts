import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { htmlReport, MAX_COMPARED } from "../../eval/report/html-report.ts";
import { readReport } from "../../eval/report/read-report.ts";
import type { EvaluationReport } from "../../eval/report.ts";
import { parseJson, readBytes } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** The page that shows reports side by side. */
const COMPARISON_FILE = "comparison.html";

const readOne = async (path: string, context: WorkshopContext): Promise<Result<EvaluationReport>> => {
  const bytes = await readBytes(resolve(context.workingDirectory, path), "a report of errata eval");
  if (!bytes.ok) return bytes;
  const json = parseJson(bytes.value, "invalid_request", path);
  return json.ok ? readReport(json.value, path) : json;
};

/** Reports, and the page that shows them. */
export interface Comparison {
  readonly reports: readonly EvaluationReport[];
  readonly page: string;
}

/**
 * Reads several reports and writes one page of them into the directory `out`, which it makes.
 *
 * Errors: `limit_exceeded` past `MAX_COMPARED`; `file_not_found`; `invalid_request` for what is no report.
 */
export const compareReports = async (
  paths: readonly string[],
  out: string,
  context: WorkshopContext,
): Promise<Result<Comparison>> => {
  if (paths.length > MAX_COMPARED) {
    const message = `--compare takes at most ${MAX_COMPARED} reports, ${paths.length} came.`;
    return fail(problem("limit_exceeded", message, { param: "--compare" }));
  }
  const reports: EvaluationReport[] = [];
  for (const path of paths) {
    const report = await readOne(path, context);
    if (!report.ok) return report;
    reports.push(report.value);
  }
  const page = resolve(context.workingDirectory, out, COMPARISON_FILE);
  await mkdir(dirname(page), { recursive: true });
  await writeFile(page, htmlReport(reports));
  return ok({ reports, page });
};
