import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ok, type Result } from "../../core/result.ts";
import {
  type AssessedFact,
  type AssessedFacts,
  assessFacts,
  type Criterion,
} from "../../eval/assess/assess-facts.ts";
import type { Template } from "../../eval/assess/contrasts.ts";
import { countFound, type FoundMistakes } from "../../eval/assess/found-mistakes.ts";
import type { LikelihoodName } from "../../eval/assess/knowledge-score.ts";
import { readNamedModel } from "../directories/model-directory.ts";
import { openModel } from "../models/open-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type FactFile, readFactFile, readTemplates } from "./read-fact-file.ts";

/** Which facts to assess, and by what score. */
export interface AssessOptions {
  /** Facts, one edit a line. */
  readonly file: string;
  /** A model's name or directory. */
  readonly model: string;
  readonly by: Criterion;
  readonly probability: LikelihoodName;
  /** Added to both sides of the score. */
  readonly alpha: number;
  /** A file of contrast prompts, in place of the probes'. */
  readonly contrasts?: string | undefined;
  /** Where to write the facts that are not known, as edits. */
  readonly out?: string | undefined;
}

/** Which facts a model knows. */
export interface Assessment extends AssessedFacts {
  /** The facts that are not known. */
  readonly wrong: readonly AssessedFact[];
  /** How many of those that the file marks as taught wrong were found; null where it marks none. */
  readonly found: FoundMistakes | null;
  /** Path of the edits written. */
  readonly out: string | null;
}

const assessOn = async (
  options: AssessOptions,
  { facts }: FactFile,
  templates: readonly Template[],
  context: WorkshopContext,
): Promise<Result<AssessedFacts>> => {
  const files = await readNamedModel(options.model, context);
  if (!files.ok) return files;
  const opened = await openModel(files.value, context);
  if (!opened.ok) return opened;
  try {
    return await assessFacts({
      engine: opened.value.engine,
      probes: opened.value.probes,
      facts,
      templates,
      alpha: options.alpha,
      criterion: options.by,
      likelihood: options.probability,
      onProgress: context.progress.step,
      signal: context.signal,
    });
  } finally {
    await opened.value.engine.release();
  }
};

/**
 * Finds which facts of a file a model has wrong, and writes them as edits where `out` says so.
 *
 * Errors: those of `readFactFile`, `readTemplates`, `readModelDirectory`, `openModel` and `assessFacts`.
 */
export const assess = async (
  options: AssessOptions,
  context: WorkshopContext,
): Promise<Result<Assessment>> => {
  const file = await readFactFile(resolve(context.workingDirectory, options.file));
  if (!file.ok) return file;
  const templates =
    options.contrasts === undefined
      ? ok([])
      : await readTemplates(resolve(context.workingDirectory, options.contrasts));
  if (!templates.ok) return templates;
  const assessed = await assessOn(options, file.value, templates.value, context);
  if (!assessed.ok) return assessed;
  const { facts } = assessed.value;
  const wrong = facts.filter(({ known }) => !known);
  const found = countFound(facts, (index) => file.value.taughtWrong.has(index));
  const out = options.out === undefined ? null : resolve(context.workingDirectory, options.out);
  if (out !== null) await writeFile(out, wrong.map(({ fact }) => `${JSON.stringify(fact)}\n`).join(""));
  return ok({ ...assessed.value, wrong, found, out });
};
