import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import type { Edit } from "../../core/edit/edit.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { composePatchSet } from "../../core/patch/compose.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { type MeasuredEdits, measureEdits, summarizeEdits } from "../../edit/measure-edits.ts";
import type { EditMethod, EditOutcome } from "../../edit/method.ts";
import type { ProgressStep } from "../progress.ts";
import type { OpenModel } from "./open-model.ts";

/** The bundle that new edits build on. */
export interface ParentBundle {
  readonly id: Digest;
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
}

/** What to make a bundle of. */
export interface BundleRequest {
  readonly model: PreparedModel;
  readonly opened: OpenModel;
  readonly edits: readonly Edit[];
  readonly method: EditMethod;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly parent: ParentBundle | null;
  /** How many probe prompts to ask before and after. */
  readonly probes: number;
  readonly onProgress: (step: ProgressStep) => void;
  readonly signal: AbortSignal;
}

/** A bundle computed, measured and built; not yet signed, nothing written. */
export interface MadeBundle {
  readonly bundle: BuiltBundle;
  readonly outcome: EditOutcome;
  readonly measured: MeasuredEdits;
}

const patchSetOf = (name: string, patches: readonly Patch[], model: PreparedModel): Result<PatchSet> =>
  patches.length === 0 ? ok(EMPTY_PATCH_SET) : composePatchSet(name, patches, model);

const reportBytes = (outcome: EditOutcome, measured: MeasuredEdits): Uint8Array =>
  new TextEncoder().encode(
    `${JSON.stringify({ summary: summarizeEdits(measured), diagnostics: outcome.diagnostics, ...measured }, null, 1)}\n`,
  );

/**
 * Computes patches for the edits, asks the production decoder what they changed, and builds the bundle.
 *
 * Errors: those of the method, `composePatchSet` and `buildBundle`.
 */
export const makeBundle = async (request: BundleRequest): Promise<Result<MadeBundle>> => {
  const { model, opened, method, parent, onProgress } = request;
  const base = { edits: parent?.edits ?? [], patches: parent?.patches ?? [] };
  const { signal } = request;
  const applied = await method.apply(request.edits, request.settings, {
    model,
    ...opened,
    parent: base,
    onProgress,
    signal,
  });
  if (!applied.ok) return applied;
  const outcome = applied.value;
  const before = patchSetOf("before", base.patches, model);
  if (!before.ok) return before;
  const after = patchSetOf("after", outcome.patches, model);
  if (!after.ok) return after;
  const comparison = { engine: opened.engine, before: before.value, after: after.value };
  const probes = outcome.suspects.slice(0, request.probes);
  const measured = await measureEdits(request.edits, probes, comparison, { onProgress, signal });
  if (!measured.ok) return measured;
  const bundle = await buildBundle({
    edits: outcome.edits,
    patches: outcome.patches,
    method: method.name,
    parameters: outcome.hyperParameters,
    seed: request.seed,
    model,
    parent: parent?.id ?? null,
    report: reportBytes(outcome, measured.value),
  });
  return bundle.ok ? ok({ bundle: bundle.value, outcome, measured: measured.value }) : bundle;
};
