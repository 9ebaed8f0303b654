import { z } from "zod";
import { ok } from "../../core/result.ts";
import { percent } from "../../plot/numbers.ts";
import type { Training } from "../../workshop/training/train.ts";
import { TRAINED_DIRECTORY } from "../../workshop/training/training-options.ts";
import type { TrainingRun } from "../../workshop/training/training-run.ts";
import type { Sweep } from "../../workshop/training/training-sweep.ts";
import { defineCommand, type Outcome } from "../command.ts";
import { DRY_RUN, flag, text, wholeNumber } from "../options.ts";
import type { Style } from "../style.ts";
import { formatFields, formatTable } from "../table.ts";

const percentIfAsked = (share: number | null): string => (share === null ? "none asked" : percent(share));

const describeTrained = ({ config, out }: TrainingRun, { losses, recall, mistakes }: Training): Outcome => {
  const loss = losses.at(-1) ?? null;
  return {
    document: { status: "trained", name: config.name, out, steps: losses.length, loss, recall, mistakes },
    text: formatFields([
      ["trained", `${config.name}, ${losses.length} steps, last loss ${loss?.toFixed(4) ?? "none"}`],
      [
        "recall",
        `${percentIfAsked(recall.trained)} of facts, ${percentIfAsked(recall.heldOut)} in held-out phrasings`,
      ],
      ["two-hop", `${percentIfAsked(recall.twoHop)} of held-out chains of two facts`],
      ["mistakes", `${mistakes.asTaught} of ${mistakes.asked} prompts answered as taught`],
      ["written", out],
    ]),
  };
};

const describePlan = ({ config, corpus, out, checkpoint, parameters }: TrainingRun): Outcome => {
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

const SWEEP_HEADINGS = ["WIDTH", "BLOCKS", "RATE", "PARAMETERS", "LOSS", "TRAINED", "HELD OUT", "TWO-HOP"];

const describeSweep = ({ path, rows }: Sweep, style: Style): Outcome => {
  const cells = rows.map(({ width, layers, learningRate, parameters, loss, ...recall }) => [
    ...[width, layers, learningRate, parameters].map(String),
    loss.toFixed(3),
    ...[recall.trained, recall.heldOut, recall.twoHop].map(percentIfAsked),
  ]);
  return {
    document: { status: "swept", path, rows },
    text: `${formatTable(SWEEP_HEADINGS, cells, style.faint)}\n\nWritten to ${path}.`,
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
    { flags: "--out <directory>", description: `where to write it (default: ${TRAINED_DIRECTORY}/<name>)` },
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
  input: z.object({
    config: text.optional(),
    out: text.optional(),
    epochs: wholeNumber(1).optional(),
    resume: flag,
    restart: flag,
    sweep: flag,
    dryRun: flag,
  }),
  run: async ({ sweep, dryRun, ...options }, context) => {
    const { openTrainingRun } = await import("../../workshop/training/training-run.ts");
    const run = await openTrainingRun({ ...options, sweep }, context);
    if (!run.ok) return run;
    if (dryRun) return ok(describePlan(run.value));
    if (sweep) {
      const { sweepSettings } = await import("../../workshop/training/training-sweep.ts");
      const swept = await sweepSettings(run.value, context);
      return swept.ok ? ok(describeSweep(swept.value, context.terminal.style)) : swept;
    }
    const { train } = await import("../../workshop/training/train.ts");
    const trained = await train(run.value, context);
    return trained.ok ? ok(describeTrained(run.value, trained.value)) : trained;
  },
});
