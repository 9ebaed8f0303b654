import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { findMethod, METHODS } from "../../edit/methods.ts";
import type { EvaluationReport } from "../../eval/report.ts";
import { readModelDirectory, resolveModelDirectory } from "../../workshop/directories/model-directory.ts";
import type { EvaluationRequest } from "../../workshop/evaluation/evaluate.ts";
import { THROUGH } from "../../workshop/evaluation/through.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { describeReport } from "../describe/report.ts";
import { DEFAULT_MODEL, flag, settings, text, WORKERS, wholeNumber } from "../options.ts";

/** Where evaluations go unless told otherwise. */
const OUTPUT_DIRECTORY = join(".errata", "evaluations");

/** The report in full, in the output directory. */
const REPORT_FILE = "report.json";

/** The same for people: plots, every figure, every prompt. */
const PAGE_FILE = "report.html";

const input = z.object({
  method: text,
  model: text,
  data: text,
  limit: wholeNumber(1).optional(),
  batch: wholeNumber(1),
  set: settings,
  seed: wholeNumber(0),
  out: text.optional(),
  resume: flag,
  single: z.boolean().default(true),
  sequential: z.boolean().default(true),
  skipInvalid: flag,
  through: z.enum(THROUGH, `expected one of: ${THROUGH.join(", ")}`),
  key: text.optional(),
  compare: z.array(text).optional(),
  workers: wholeNumber(1).optional(),
});

type Input = z.infer<typeof input>;

/** Checks everything that can be checked before the work begins. */
const readRequest = async (options: Input, context: RunningContext): Promise<Result<EvaluationRequest>> => {
  if (!options.single && !options.sequential)
    return fail(
      problem("invalid_request", "--no-single and --no-sequential together leave nothing to measure.", {
        param: "--no-single",
      }),
    );
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const unknown = Object.keys(options.set).find((name) => !(name in method.value.settings));
  if (unknown !== undefined) {
    const known = Object.keys(method.value.settings).join(", ");
    const message = `${options.method} has no setting "${unknown}"; it has: ${known}.`;
    return fail(problem("invalid_request", message, { param: "--set" }));
  }
  const { openData } = await import("../../workshop/evaluation/open-data.ts");
  const data = await openData(options, context);
  if (!data.ok) return data;
  const files = await readModelDirectory(await resolveModelDirectory(options.model, context));
  if (!files.ok) return files;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, OUTPUT_DIRECTORY, `${method.value.name}-${data.value.name}`)
      : resolve(context.workingDirectory, options.out);
  return ok({
    method: method.value,
    settings: options.set,
    files: files.value,
    data: data.value,
    limit: options.limit ?? null,
    batch: options.batch,
    single: options.single,
    sequential: options.sequential,
    seed: options.seed,
    through: options.through,
    key: options.key,
    out,
    resume: options.resume,
    workers: options.workers,
  });
};

const noneKnown = ({ model, data, dropped }: EvaluationReport) =>
  fail(
    problem("invalid_request", `${model} knows none of the ${dropped} facts of ${data} that were asked.`, {
      param: "--data",
    }),
  );

const compare = async (paths: readonly string[], options: Input, context: RunningContext) => {
  const { compareReports } = await import("../../workshop/evaluation/compare-reports.ts");
  const directory = resolve(context.workingDirectory, options.out ?? ".");
  const compared = await compareReports(paths, directory, context);
  if (!compared.ok) return compared;
  const { reports, page } = compared.value;
  const shown = relative(context.workingDirectory, page);
  const tables = reports.map((report) => describeReport(report, context.terminal.style));
  return ok({
    document: { reports, page },
    text: `${tables.join("\n\n")}\n\nSide by side in ${shown}.`,
  });
};

const run = async (options: Input, context: RunningContext) => {
  if (options.compare !== undefined) return compare(options.compare, options, context);
  const request = await readRequest(options, context);
  if (!request.ok) return request;
  const { evaluate } = await import("../../workshop/evaluation/evaluate.ts");
  const evaluated = await evaluate(request.value, context);
  if (!evaluated.ok) return evaluated;
  const report = evaluated.value;
  if (report.known === 0) return noneKnown(report);
  const { out } = request.value;
  await writeFile(join(out, REPORT_FILE), `${JSON.stringify(report, null, 1)}\n`);
  const { htmlReport } = await import("../../eval/report/html-report.ts");
  await writeFile(join(out, PAGE_FILE), htmlReport([report]));
  const shown = relative(context.workingDirectory, out) || ".";
  return ok({
    document: report,
    text: `${describeReport(report, context.terminal.style)}\n\nEvery case is in ${join(shown, REPORT_FILE)}; ${join(shown, PAGE_FILE)} shows them.`,
  });
};

/** `errata eval`: the five properties of a method, measured. */
export const evalCommand = defineCommand<Input>({
  name: "eval",
  summary: "measure what a method does to a model: accuracy, generality, portability, locality, cost",
  details: [
    "Each edit is made alone and measured, then all of them are made one after another in one patch set. With --batch " +
      "that many are made at a time, as methods for many edits at once are meant to be used: every edit is measured under " +
      "the patches of its whole batch, then batch is made upon batch. Patches are bound by the engine that answers " +
      "requests, never merged. Free-running: greedy answers that end by themselves, compared whole. Teacher-forced: the " +
      "literature's ES, PS and NS. Intervals are 95 % bootstrap intervals.",
    "",
    "Data: world (counterfactual edits of the facts that the default model knows), mistakes (its documented mistakes), " +
      "or a file: CounterFact, zsRE (MEND's format), MQuAKE, or edits as errata edit reads them, as JSON or JSONL.",
    `Methods: ${METHODS.map(({ name }) => name).join(", ")}; errata edit --help lists their settings.`,
    "",
    "Ctrl-C keeps what is finished; the same command with --resume goes on from it. Results are the same for any number " +
      "of workers, but times are not: give --workers 1 to measure what an edit takes.",
  ].join("\n"),
  options: [
    { flags: "--method <name>", description: "the editing method", default: "grace" },
    { flags: "--data <name>", description: "the benchmark: its name, or a file", default: "world" },
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
    {
      flags: "--limit <n>",
      description: "edits to measure, after those that the model does not know are dropped",
    },
    {
      flags: "--batch <n>",
      description: "edits made at a time, in one application of the method, and measured together",
      default: "1",
    },
    { flags: "--set <pairs...>", description: "settings of the method, as name=value" },
    { flags: "--seed <number>", description: "draws the benchmark and the resamples", default: "0" },
    {
      flags: "--out <directory>",
      description: `where to keep results (default ${OUTPUT_DIRECTORY}/<method>-<data>)`,
    },
    { flags: "--resume", description: "go on from what an interrupted run left there" },
    WORKERS,
    { flags: "--no-single", description: "run the sequential protocol alone, for long sequences" },
    { flags: "--no-sequential", description: "leave the sequential protocol out" },
    { flags: "--skip-invalid", description: "leave malformed records of a file out, and list them" },
    {
      flags: "--through <way>",
      description:
        "ask the engine here, or by http the service of ERRATA_URL, which gets every patch as a bundle",
      default: "engine",
    },
    { flags: "--key <file>", description: "the key that signs those bundles (default: the project's own)" },
    {
      flags: "--compare <files...>",
      description:
        "measure nothing; show these report.json files side by side, as a page in --out (default: here)",
    },
  ],
  examples: [
    "eval --method grace --data world --limit 200",
    "eval --method calinet --batch 100 --limit 100",
    "eval --method grace --limit 1000 --no-single",
    "eval --data mistakes --json",
    "eval --limit 1000 --set guard=0.5 --resume",
    "eval --data counterfact.json --skip-invalid --through http",
    "eval --compare grace/report.json rome/report.json",
  ],
  input,
  run,
});
