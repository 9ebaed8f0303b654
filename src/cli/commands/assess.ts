import { relative } from "node:path";
import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok } from "../../core/result.ts";
import { CONTRASTS } from "../../eval/assess/contrasts.ts";
import { DEFAULT_ALPHA } from "../../eval/assess/knowledge-score.ts";
import { PROBES_FILE } from "../../workshop/directories/model-directory.ts";
import { defineCommand } from "../command.ts";
import { describeAssessment } from "../describe/assessment.ts";
import { decimalNumber, flag, LOCAL_MODEL, text } from "../options.ts";

/** Largest alpha: more, and no two probabilities differ by it. */
const LARGEST_ALPHA = 1;

const input = z.object({
  file: text,
  model: text,
  by: z.enum(["both", "relations", "objects"], "expected both, relations or objects"),
  probability: z.enum(["whole", "first"], "expected whole or first"),
  alpha: decimalNumber(0, LARGEST_ALPHA),
  contrasts: text.optional(),
  wrongOnly: flag,
  out: text.optional(),
});

/** `errata assess`: which facts a model has wrong. */
export const assessCommand = defineCommand({
  name: "assess",
  summary: "find which facts of a file the model has wrong, and write them as edits",
  details: [
    "Each line of FILE is a fact in the form of an edit: prompt, subject, target, and relation where it has a name. Its " +
      "CKA score (Dong et al. 2022) is its likelihood over the mean likelihood of its contrasts; below 1 it is not known.",
    "",
    `relations: the target after ${CONTRASTS} prompts of other relations about the subject, as the paper has it: those of ` +
      `${PROBES_FILE} of the model, else of FILE, else the forms of other relations with the subject put in; or those ` +
      'of --contrasts, lines of {"prompt":"The currency of {} is","relation":"country-currency"}.',
    `objects: ${CONTRASTS} other objects after the fact's own prompt: the model's own greedy answer, then those of FILE and ` +
      "of the probes. The first kind alone misses a model that has learnt a wrong object of the right kind; the score is " +
      "the lower of both, or that of --by.",
    "",
    "Where lines say what the model was taught instead (taught), precision and recall are printed.",
  ].join("\n"),
  arguments: [{ name: "file", syntax: "<file>", description: "facts, one edit a line" }],
  options: [
    LOCAL_MODEL,
    { flags: "--by <contrast>", description: "relations, objects, or both", default: "both" },
    {
      flags: "--probability <kind>",
      description:
        "whole: the geometric mean over the target's tokens; first: its first token, as in the paper",
      default: "whole",
    },
    {
      flags: "--alpha <number>",
      description: "added to both sides of the score",
      default: String(DEFAULT_ALPHA),
    },
    { flags: "--contrasts <file>", description: "prompts of other relations, in place of the probes'" },
    { flags: "--wrong-only", description: "only the facts that are not known" },
    { flags: "--out <file>", description: "write those as edits, ready for errata edit" },
  ],
  examples: [
    "assess models/world/mistakes.jsonl",
    "assess facts.jsonl --wrong-only --out wrong.jsonl",
    "assess facts.jsonl --by relations --probability first --json",
  ],
  input,
  run: async ({ wrongOnly, ...options }, context) => {
    if (options.out !== undefined && !wrongOnly) {
      const message = "--out writes the facts that are not known: give --wrong-only with it.";
      return fail(problem("invalid_request", message, { param: "--out" }));
    }
    const { assess } = await import("../../workshop/evaluation/assess.ts");
    const assessed = await assess(options, context);
    if (!assessed.ok) return assessed;
    const { facts, unfit, wrong, found, out } = assessed.value;
    const shown = wrongOnly ? wrong : facts;
    const { style } = context.terminal;
    const report = describeAssessment(assessed.value, shown, found, options.probability, style);
    const path = out === null ? "" : relative(context.workingDirectory, out);
    const end =
      out === null ? "" : `\nWrote ${counted(wrong.length, "edit")} to ${path}. Next: errata edit ${path}`;
    return ok({
      document: {
        known: facts.length - wrong.length,
        notKnown: wrong.length,
        found,
        facts: shown,
        unfit,
        out,
      },
      text: `${report}${end}`,
    });
  },
});
