import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { findMethod, METHODS } from "../../edit/methods.ts";
import type { EvaluationReport } from "../../eval/report.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { describeReport } from "../evaluation/describe-report.ts";
import type { EvaluationRequest } from "../evaluation/evaluate.ts";
import { readModelDirectory, resolveModelDirectory } from "../model-directory.ts";
import { DEFAULT_MODEL, flag, settings, text, wholeNumber } from "../options.ts";

/** Where evaluations go unless told otherwise. */
const OUTPUT_DIRECTORY = join(".errata", "evaluations");

/** The report in full, in the output directory. */
const REPORT_FILE = "report.json";

const input = z.object({
  method: text,
  model: text,
  data: text,
  limit: wholeNumber(1).optional(),
  set: settings,
  seed: wholeNumber(0),
  out: text.optional(),
  resume: flag,
  sequential: z.boolean().default(true),
});

type Input = z.infer<typeof input>;

/** Checks everything that can be checked before the work begins. */
const readRequest = async (options: Input, context: CommandContext): Promise<Result<EvaluationRequest>> => {
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const unknown = Object.keys(options.set).find((name) => !(name in method.value.settings));
  if (unknown !== undefined) {
    const known = Object.keys(method.value.settings).join(", ");
    const message = `${options.method} has no setting "${unknown}"; it has: ${known}.`;
    return fail(problem("invalid_request", message, { param: "--set" }));
  }
  const { openData } = await import("../evaluation/open-data.ts");
  const data = openData(options.data, options.seed);
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
    sequential: options.sequential,
    seed: options.seed,
    out,
    resume: options.resume,
  });
};

const noneKnown = ({ model, data, dropped }: EvaluationReport) =>
  fail(
    problem("invalid_request", `${model} knows none of the ${dropped} facts of ${data} that were asked.`, {
      param: "--data",
    }),
  );

const run = async (options: Input, context: CommandContext) => {
  const request = await readRequest(options, context);
  if (!request.ok) return request;
  const { evaluate } = await import("../evaluation/evaluate.ts");
  const evaluated = await evaluate(request.value, context);
  if (!evaluated.ok) return evaluated;
  const report = evaluated.value;
  if (report.known === 0) return noneKnown(report);
  const { out } = request.value;
  await writeFile(join(out, REPORT_FILE), `${JSON.stringify(report, null, 1)}\n`);
  const shown = relative(context.workingDirectory, out) || ".";
  return ok({
    document: report,
    text: `${describeReport(report, context.terminal.style)}\n\nEvery case is in ${join(shown, REPORT_FILE)}.`,
  });
};

/** `errata eval`: the five properties of a method, measured. */
export const evalCommand = defineCommand<Input>({
  name: "eval",
  summary: "measure what a method does to a model: accuracy, generality, portability, locality, cost",
  details: [
    "Each edit is made alone and measured, then all of them are made one after another in one patch set. Patches are",
    "bound by the engine that answers requests, never merged. Free-running: greedy answers that end by themselves,",
    "compared whole. Teacher-forced: the literature's ES, PS and NS. Intervals are 95 % bootstrap intervals.",
    "",
    "Data: world (counterfactual edits of the facts that the default model knows), mistakes (its documented mistakes).",
    `Methods: ${METHODS.map(({ name }) => name).join(", ")}; errata edit --help lists their settings.`,
    "",
    "Ctrl-C keeps what is finished; the same command with --resume goes on from it.",
  ].join("\n"),
  options: [
    { flags: "--method <name>", description: "the editing method", default: "grace" },
    { flags: "--data <name>", description: "the benchmark", default: "world" },
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
    {
      flags: "--limit <n>",
      description: "edits to measure, after those that the model does not know are dropped",
    },
    { flags: "--set <pairs...>", description: "settings of the method, as name=value" },
    { flags: "--seed <number>", description: "draws the benchmark and the resamples", default: "0" },
    {
      flags: "--out <directory>",
      description: `where to keep results (default ${OUTPUT_DIRECTORY}/<method>-<data>)`,
    },
    { flags: "--resume", description: "go on from what an interrupted run left there" },
    { flags: "--no-sequential", description: "leave the sequential protocol out" },
  ],
  examples: [
    "eval --method grace --data world --limit 200",
    "eval --data mistakes --json",
    "eval --limit 1000 --set guard=0.5 --resume",
  ],
  input,
  run,
});
