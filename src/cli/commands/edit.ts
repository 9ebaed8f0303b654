import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { EDIT_ID_MAX_LENGTH } from "../../core/edit/edit.ts";
import { MAX_EDITS_PER_FILE } from "../../core/edit/parse-edits.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../../core/patch/codebook/codebook-limits.ts";
import { ok } from "../../core/result.ts";
import { METHODS } from "../../edit/methods.ts";
import type { EditedModel, MeasuredBundle } from "../../workshop/editing/edit-model.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { formatEditReport, sideEffects } from "../describe/edit-report.ts";
import { describeWritten } from "../describe/written-bundle.ts";
import { EXIT_DONE, EXIT_WANTING } from "../exit-codes.ts";
import {
  BUNDLE_OUT,
  DRY_RUN,
  flag,
  LOCAL_MODEL,
  METHOD,
  METHOD_SETTINGS,
  PROBES,
  SIGNING_KEY,
  settings,
  text,
  WORKERS,
  wholeNumber,
} from "../options.ts";

const input = z.object({
  file: text,
  model: text,
  method: text,
  set: settings,
  parent: text.optional(),
  out: text.optional(),
  key: text.optional(),
  seed: wholeNumber(0),
  probes: wholeNumber(0),
  workers: wholeNumber(1).optional(),
  fresh: flag,
  dryRun: flag,
});

/** Shows what was made, for people to read before it is written. */
const report =
  ({ progress, terminal }: RunningContext) =>
  ({ outcome, measured, summary }: MeasuredBundle): void => {
    progress.end();
    terminal.write(`${formatEditReport(outcome, measured, summary, terminal.style)}\n\n`);
  };

const describe = (edited: EditedModel, dryRun: boolean, context: RunningContext): Outcome => {
  const { bundle, directory, resumed, summary, outcome, measured } = edited;
  const unfixed = summary.edits - summary.fixed;
  const warning = `warning: ${counted(unfixed, "edit")} not fixed; another method or other settings may.`;
  return {
    document: {
      bundle: bundle.id,
      directory,
      dryRun,
      resumed,
      summary,
      skipped: outcome.skipped.map(({ edit, reason }) => ({ prompt: edit.prompt, reason })),
      diagnostics: outcome.diagnostics,
      edits: measured.edits,
      changed: sideEffects(measured),
    },
    text: [
      ...(unfixed === 0 ? [] : [warning]),
      describeWritten(edited, context, unfixed === 0 ? "Next" : "To publish it all the same"),
    ].join("\n"),
    exit: unfixed === 0 ? EXIT_DONE : EXIT_WANTING,
  };
};

/** `errata edit FILE`: computes a signed bundle of patches. */
export const editCommand = defineCommand({
  name: "edit",
  summary: "compute patches for a file of edits and write them as a signed bundle",
  details: [
    "Each line of FILE is one edit: prompt, target, and optionally id, subject, relation, paraphrases (given to the " +
      "method), locality and portability (for measuring only). Edits that give one subject and relation, or one prompt, " +
      "different targets are refused; one that contradicts the parent's takes its place. Before anything is written, the " +
      "edits and the probe prompts nearest to them are asked before and after, and every answer that changed is shown.",
    "",
    "Every edit is kept as it is finished: after an interrupt or a crash the same command goes on from there. The bundle " +
      "has the same bytes as one that was never interrupted, and for any number of workers.",
    "",
    `Limits: ${MAX_EDITS_PER_FILE} edits a file, ${EDIT_ID_MAX_LENGTH} characters an id; grace takes targets of at most ` +
      `${CODEBOOK_MAX_TARGET_TOKENS} tokens, the end of the answer included.`,
    "",
    `Methods: ${METHODS.map(({ name, summary }) => `${name} (${summary})`).join(", ")}.`,
    ...METHODS.map(
      ({ name, settings: offered }) =>
        `\nSettings of ${name}:\n${Object.entries(offered)
          .map(([setting, { default: value, meaning }]) => `  ${setting}=${value}  ${meaning}`)
          .join("\n")}`,
    ),
  ].join("\n"),
  arguments: [{ name: "file", syntax: "<file>", description: "edits, one JSON object a line" }],
  options: [
    LOCAL_MODEL,
    METHOD,
    METHOD_SETTINGS,
    {
      flags: "--parent <bundle>",
      description: "build on this bundle: a directory, or model@version of the service",
    },
    BUNDLE_OUT,
    SIGNING_KEY,
    {
      flags: "--seed <number>",
      description: "recorded in the manifest; methods that draw use it",
      default: "0",
    },
    PROBES,
    WORKERS,
    { flags: "--fresh", description: "forget what an interrupted run of the same command finished" },
    DRY_RUN,
  ],
  examples: [
    "edit models/world/mistakes.jsonl --out fixes",
    "edit edits.jsonl --set guard=0.5 steps=200 --dry-run --json",
    "edit more.jsonl --parent world@3",
  ],
  input,
  run: async ({ file, set, ...options }, context, { json }) => {
    // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
    const { readEdits } = await import("../../workshop/editing/read-edits.ts");
    const { editModel } = await import("../../workshop/editing/edit-model.ts");
    const edits = await readEdits(file, context);
    if (!edits.ok) return edits;
    const onMade = json ? undefined : report(context);
    const edited = await editModel({ ...options, edits: edits.value, settings: set, onMade }, context);
    return edited.ok ? ok(describe(edited.value, options.dryRun, context)) : edited;
  },
});
