import type { Edit } from "../../core/edit/edit.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { ok, type Result } from "../../core/result.ts";
import { measureEdits } from "../../edit/measuring/measure-edits.ts";
import type { MeasuredEdits } from "../../edit/measuring/measured-edits.ts";
import type { EditMethod, EditOutcome } from "../../edit/method.ts";
import type { Workbench } from "../../edit/workbench.ts";
import type { OpenModel } from "../models/open-model.ts";
import type { ProgressStep } from "../workshop-context.ts";

/** What to compute, and on top of what. */
export interface EditingRequest {
  readonly model: PreparedModel;
  readonly opened: OpenModel;
  readonly edits: readonly Edit[];
  readonly method: EditMethod;
  readonly settings: Readonly<Record<string, string>>;
  /** What the edits build on. */
  readonly base: { readonly edits: readonly Edit[]; readonly patches: readonly Patch[] };
  /** How many probe prompts to ask before and after. */
  readonly probes: number;
  /** Where the method's costly work is done, and kept. */
  readonly workbench: Workbench;
  readonly onProgress: (step: ProgressStep) => void;
  readonly signal: AbortSignal;
}

/** A complete set of patches, and what it changed. */
export interface ComputedEdits {
  readonly outcome: EditOutcome;
  /** Of the edits that were not skipped. */
  readonly measured: MeasuredEdits;
}

/**
 * Computes patches for the edits and asks the production decoder what they changed.
 *
 * Errors: those of the method, of `composePatchSet` and of `measureEdits`.
 */
export const computeEdits = async (request: EditingRequest): Promise<Result<ComputedEdits>> => {
  const { model, opened, method, base, workbench, onProgress, signal } = request;
  const context = { model, ...opened, parent: base, workbench, onProgress, signal };
  const applied = await method.apply(request.edits, request.settings, context);
  if (!applied.ok) return applied;
  const outcome = applied.value;
  const skipped = new Set(outcome.skipped.map(({ edit }) => edit));
  const made = request.edits.filter((edit) => !skipped.has(edit));
  const comparison = { before: base.patches, after: outcome.patches };
  const probes = outcome.suspects.slice(0, request.probes);
  const measured = await measureEdits(made, probes, comparison, context);
  return measured.ok ? ok({ outcome, measured: measured.value }) : measured;
};
