import { join, resolve } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import type { TrainConfig } from "../../train/config.ts";
import type { TrainedModelReport } from "../../train/save-trained.ts";
import type { TrainedModel } from "../../train/train-model.ts";
import { checkCheckpoint, readTrainConfig } from "../../workshop/training/training-run.ts";
import { sweepSettings } from "../../workshop/training/training-sweep.ts";
import type { Corpus } from "../../world/corpus.ts";
import type { Outcome } from "../command.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { DRY_RUN, flag, text, wholeNumber } from "../options.ts";
import { createProgress } from "../progress.ts";
import { formatFields } from "../table.ts";

/** Where trained models go unless told otherwise: not into `models/`, where the shipped one is. */
const OUTPUT_DIRECTORY = ".errata/trained";
/** The checkpoint, in the output directory. */
const CHECKPOINT_FILE = "training.checkpoint";

const input = z.object({
  config: text.optional(),
  out: text.optional(),
  epochs: wholeNumber(1).optional(),
  resume: flag,
  restart: flag,
  sweep: flag,
  dryRun: flag,
});

type Input = z.infer<typeof input>;

/** A run, read and checked. */
interface Run {
  readonly config: TrainConfig;
  readonly corpus: Corpus;
  readonly out: string;
  readonly checkpoint: string;
  readonly resume: boolean;
}

const openRun = async (options: Input, context: CommandContext): Promise<Result<Run>> => {
  const config = await readTrainConfig(options, context);
  if (!config.ok) return config;
  const { readWorldCorpus } = await import("../../world/world-corpus.ts");
  const corpus = readWorldCorpus(config.value.seed);
  if (!corpus.ok) return corpus;
  const out =
    options.out === undefined
      ? join(context.projectDirectory, OUTPUT_DIRECTORY, config.value.name)
      : resolve(context.workingDirectory, options.out);
  const checkpoint = join(out, CHECKPOINT_FILE);
  const free = options.sweep ? ok(null) : await checkCheckpoint(checkpoint, options);
  if (!free.ok) return free;
  return ok({ config: config.value, corpus: corpus.value, out, checkpoint, resume: options.resume });
};

const train = async (run: Run, context: CommandContext): Promise<Result<TrainedModel>> => {
  const { trainModel } = await import("../../train/train-model.ts");
  const { formatProgress } = await import("../../train/progress.ts");
  const progress = createProgress(context.terminal);
  try {
    const trained = await trainModel({
      ...run,
      signal: context.signal,
      onProgress: (step) => progress.line(formatProgress(step)),
    });
    if (trained.ok || trained.problem.code !== "cancelled") return trained;
    const message = `${trained.problem.message} Go on with the same command and --resume.`;
    return fail(problem("cancelled", message, { detail: { checkpoint: run.checkpoint } }));
  } finally {
    progress.end();
  }
};

const finish = async (
  run: Run,
  trained: TrainedModel,
  context: CommandContext,
): Promise<Result<TrainedModelReport>> => {
  const { measureTrained, saveTrained } = await import("../../train/save-trained.ts");
  createProgress(context.terminal).note("measuring what the model recalls");
  const report = await measureTrained(run.config, run.corpus, trained);
  if (!report.ok) return report;
  const saved = await saveTrained(run.config, run.corpus, trained, report.value, run.out);
  if (!saved.ok) return saved;
  const { calibrateModel } = await import("../../workshop/editing/calibrate-model.ts");
  const calibrated = await calibrateModel(run.out, false, context);
  return calibrated.ok ? report : calibrated;
};

const percent = (share: number | null): string =>
  share === null ? "none asked" : `${(100 * share).toFixed(1)} %`;

const describeTrained = (
  { config, out }: Run,
  { losses }: TrainedModel,
  { recall, mistakes }: TrainedModelReport,
): Outcome => {
  const loss = losses.at(-1) ?? null;
  return {
    document: { status: "trained", name: config.name, out, steps: losses.length, loss, recall, mistakes },
    text: formatFields([
      ["trained", `${config.name}, ${losses.length} steps, last loss ${loss?.toFixed(4) ?? "none"}`],
      ["recall", `${percent(recall.trained)} of facts, ${percent(recall.heldOut)} in held-out phrasings`],
      ["two-hop", `${percent(recall.twoHop)} of held-out chains of two facts`],
      ["mistakes", `${mistakes.asTaught} of ${mistakes.asked} prompts answered as taught`],
      ["written", out],
    ]),
  };
};

const describePlan = async ({ config, corpus, out, checkpoint }: Run): Promise<Outcome> => {
  const { parameterCount, parametersOf } = await import("../../train/parameters.ts");
  const parameters = parameterCount(parametersOf(config.model));
  const facts = corpus.facts.length;
  return {
    document: { status: "would train", out, checkpoint, parameters, facts, config },
    text: formatFields([
      ["would train", `${config.name}, ${parameters} parameters, on ${facts} facts`],
      ["epochs", String(config.optimizer.epochs)],
      ["checkpoint", checkpoint],
      ["write", out],
    ]),
  };
};

/** `errata train`: a base model from the project's fact tables. */
export const trainCommand = defineCommand({
  name: "train",
  summary: "train a base model from the project's fact tables, ready to serve",
  details:
    "Equal settings give equal bits on one machine. A checkpoint is written after every epoch and on Ctrl-C, and " +
    "--resume goes on from it as if the run had never stopped. --dry-run --json prints the settings, which --config " +
    "takes back.",
  options: [
    { flags: "--config <file>", description: "the settings in JSON (default: those of the model world)" },
    { flags: "--out <directory>", description: `where to write it (default: ${OUTPUT_DIRECTORY}/<name>)` },
    { flags: "--epochs <n>", description: "train for this many epochs instead" },
    { flags: "--resume", description: "go on from the checkpoint" },
    { flags: "--restart", description: "start over and discard the checkpoint" },
    {
      flags: "--sweep",
      description: "only compare settings by small runs; the model card shows their table",
    },
    DRY_RUN,
  ],
  examples: ["train", "train --epochs 1 --out first-look", "train --resume", "train --sweep"],
  input,
  run: async (options, context) => {
    const run = await openRun(options, context);
    if (!run.ok) return run;
    if (options.dryRun) return ok(await describePlan(run.value));
    if (options.sweep) return sweepSettings(run.value, context);
    const trained = await train(run.value, context);
    if (!trained.ok) return trained;
    const report = await finish(run.value, trained.value, context);
    return report.ok ? ok(describeTrained(run.value, trained.value, report.value)) : report;
  },
});
