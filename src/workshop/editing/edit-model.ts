import type { Edit } from "../../core/edit/edit.ts";
import { checkEditConflicts } from "../../core/edit/edit-conflicts.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { ALREADY_ANSWERED } from "../../edit/frame/choose-edits.ts";
import { type EditSummary, summarizeEdits } from "../../edit/measuring/measured-edits.ts";
import type { SkippedEdit } from "../../edit/method.ts";
import { findMethod } from "../../edit/methods.ts";
import {
  type WritingOptions,
  type WrittenBundle,
  writeSignedBundle,
} from "../bundles/write-signed-bundle.ts";
import { readNamedModel } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { MadeBundle } from "./make-bundle.ts";
import { readParentBundle } from "./read-parent-bundle.ts";
import { type EditJob, runEditJob } from "./run-edit-job.ts";

/** Which edits to make, how, on what, and where to write the bundle. */
export interface EditOptions extends WritingOptions {
  readonly edits: readonly Edit[];
  /** A model's name or directory. */
  readonly model: string;
  /** Name of the method. */
  readonly method: string;
  /** Settings of the method; its own defaults where they are left out. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Reference of the bundle to build on. */
  readonly parent?: string | undefined;
  /** Recorded in the manifest, and used by methods that draw. Default 0. */
  readonly seed?: number | undefined;
  /** How many probe prompts to ask before and after. Default 0. */
  readonly probes?: number | undefined;
  /** Workers; as many as the machine takes where it is left out, 1 for none. */
  readonly workers?: number | undefined;
  /** Whether to forget what an interrupted run of the same edits left. */
  readonly fresh?: boolean | undefined;
  /** Told what was made, before anything of it is written. */
  readonly onMade?: ((made: MeasuredBundle) => void) | undefined;
}

/** A bundle of patches, and what it changed. */
export interface MeasuredBundle extends MadeBundle {
  readonly summary: EditSummary;
}

/** The same, written. */
export interface EditedModel extends MeasuredBundle, WrittenBundle {
  /** Results taken over from an interrupted run. */
  readonly resumed: number;
}

/** Reads and checks what the edits are made on, then computes the bundle. */
const compute = async (options: EditOptions, context: WorkshopContext): Promise<Result<EditJob>> => {
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const nameOf = (index: number) =>
    `edit ${index + 1} "${options.edits[index]!.id ?? options.edits[index]!.prompt}"`;
  const compatible = checkEditConflicts(options.edits, nameOf);
  if (!compatible.ok) return compatible;
  const files = await readNamedModel(options.model, context);
  if (!files.ok) return files;
  const parent =
    options.parent === undefined ? ok(null) : await readParentBundle(options.parent, files.value, context);
  if (!parent.ok) return parent;
  const { edits, settings = {}, seed = 0, probes = 0, workers, fresh = false } = options;
  const read = { files: files.value, method: method.value, parent: parent.value };
  return runEditJob({ ...read, edits, settings, seed, probes, workers, fresh }, context);
};

const nothingMade = (skipped: readonly SkippedEdit[]) => {
  const other = skipped.find(({ reason }) => reason !== ALREADY_ANSWERED);
  return problem(
    "invalid_request",
    other === undefined
      ? "The model answers every edit already: there is nothing to correct."
      : `No patch was made. Skipped "${other.edit.prompt}": ${other.reason}.`,
  );
};

/** What is computed, unless there is no patch in it, which is forgotten. */
const computeSome = async (options: EditOptions, context: WorkshopContext) => {
  const job = await compute(options, context);
  if (!job.ok) return job;
  const { made, resumed, forget } = job.value;
  if (made.bundle.manifest.patches.length === 0) {
    await forget();
    return fail(nothingMade(made.outcome.skipped));
  }
  const measured = { ...made, summary: summarizeEdits(made.measured) };
  options.onMade?.(measured);
  return ok({ ...measured, resumed, forget });
};

/**
 * Computes patches for edits, asks the model before and after, and writes the patches as a signed bundle. Every edit is
 * kept as it is finished: the same call goes on from what an interrupted one left, and gives the same bytes.
 *
 * Errors: those of `writeSignedBundle`, `findMethod`, `checkEditConflicts`, `readModelDirectory`, `readParentBundle` and
 * `runEditJob`; `invalid_request` where no edit got a patch.
 */
export const editModel = async (
  options: EditOptions,
  context: WorkshopContext,
): Promise<Result<EditedModel>> => {
  const written = await writeSignedBundle(options, context, () => computeSome(options, context));
  if (!written.ok) return written;
  const { forget, ...edited } = written.value;
  await forget();
  return ok(edited);
};
