import { relative } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok } from "../../core/result.ts";
import { METHODS } from "../../edit/methods.ts";
import { EVALUATIONS_DIRECTORY, THROUGH } from "../../workshop/evaluation/evaluation-options.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { describeReport } from "../describe/report.ts";
import {
  flag,
  LOCAL_MODEL,
  METHOD,
  METHOD_SETTINGS,
  settings,
  text,
  WORKERS,
  wholeNumber,
} from "../options.ts";

const input = z.object({
  method: text,
  model: text,
  data: text,
  text: text.optional(),
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

const compare = async (paths: readonly string[], out: string, context: RunningContext) => {
  const { compareReports } = await import("../../workshop/evaluation/compare-reports.ts");
  const compared = await compareReports(paths, out, context);
  if (!compared.ok) return compared;
  const { reports, page } = compared.value;
  const tables = reports.map((report) => describeReport(report, context.terminal.style));
  return ok({
    document: { reports, page },
    text: `${tables.join("\n\n")}\n\nSide by side in ${relative(context.workingDirectory, page)}.`,
  });
};

const run = async ({ compare: compared, set, ...options }: Input, context: RunningContext) => {
  if (compared !== undefined) return compare(compared, options.out ?? ".", context);
  if (!options.single && !options.sequential) {
    const message = "--no-single and --no-sequential together leave nothing to measure.";
    return fail(problem("invalid_request", message, { param: "--no-single" }));
  }
  const { evaluateMethod } = await import("../../workshop/evaluation/evaluate-method.ts");
  const evaluated = await evaluateMethod({ ...options, settings: set }, context);
  if (!evaluated.ok) return evaluated;
  const { report, ...paths } = evaluated.value;
  const [file, page] = [paths.file, paths.page].map((path) => relative(context.workingDirectory, path));
  return ok({
    document: report,
    text: `${describeReport(report, context.terminal.style)}\n\nEvery case is in ${file}; ${page} shows them.`,
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
    "Text: the first words of each text of --text join what must not change, in the random group, and perplexity and fluency " +
      "are those of a hundred of them, in place of eight sentences of our own.",
    `Methods: ${METHODS.map(({ name }) => name).join(", ")}; errata edit --help lists their settings.`,
    "",
    "Ctrl-C keeps what is finished; the same command with --resume goes on from it. Results are the same for any number " +
      "of workers, but times are not: give --workers 1 to measure what an edit takes.",
  ].join("\n"),
  options: [
    METHOD,
    { flags: "--data <name>", description: "the benchmark: its name, or a file", default: "world" },
    {
      flags: "--text <file>",
      description: 'text to measure locality and perplexity on: a text a line, or JSON lines with {"text"}',
    },
    LOCAL_MODEL,
    {
      flags: "--limit <n>",
      description: "edits to measure, after those that the model does not know are dropped",
    },
    {
      flags: "--batch <n>",
      description: "edits made at a time, in one application of the method, and measured together",
      default: "1",
    },
    METHOD_SETTINGS,
    { flags: "--seed <number>", description: "draws the benchmark and the resamples", default: "0" },
    {
      flags: "--out <directory>",
      description: `where to keep results (default ${EVALUATIONS_DIRECTORY}/<method>-<data>)`,
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
    "eval --data edits.jsonl --model models/mine --text stories.txt",
    "eval --limit 1000 --set guard=0.5 --resume",
    "eval --data counterfact.json --skip-invalid --through http",
    "eval --compare grace/report.json rome/report.json",
  ],
  input,
  run,
});
