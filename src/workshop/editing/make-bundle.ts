import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { ok, type Result } from "../../core/result.ts";
import { type MeasuredEdits, summarizeEdits } from "../../edit/measuring/measured-edits.ts";
import type { EditOutcome } from "../../edit/method.ts";
import { type ComputedEdits, computeEdits, type EditingRequest } from "./compute-edits.ts";

/** The bundle that new edits build on. */
export interface ParentBundle {
  readonly id: Digest;
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
}

/** What to make a bundle of. */
export interface BundleRequest extends Omit<EditingRequest, "base"> {
  readonly seed: number;
  readonly parent: ParentBundle | null;
}

/** A bundle computed, measured and built; not yet signed, nothing written. */
export interface MadeBundle extends ComputedEdits {
  readonly bundle: BuiltBundle;
}

const reportBytes = (outcome: EditOutcome, measured: MeasuredEdits): Uint8Array =>
  new TextEncoder().encode(
    `${JSON.stringify({ summary: summarizeEdits(measured), diagnostics: outcome.diagnostics, ...measured }, null, 1)}\n`,
  );

/**
 * Computes patches for the edits, asks the production decoder what they changed, and builds the bundle.
 *
 * Errors: those of `computeEdits` and `buildBundle`.
 */
export const makeBundle = async (request: BundleRequest): Promise<Result<MadeBundle>> => {
  const { model, method, parent, seed } = request;
  const base = { edits: parent?.edits ?? [], patches: parent?.patches ?? [] };
  const computed = await computeEdits({ ...request, base });
  if (!computed.ok) return computed;
  const { outcome, measured } = computed.value;
  const bundle = await buildBundle({
    edits: outcome.edits,
    patches: outcome.patches,
    method: method.name,
    parameters: outcome.hyperParameters,
    seed,
    model,
    parent: parent?.id ?? null,
    report: reportBytes(outcome, measured),
  });
  return bundle.ok ? ok({ bundle: bundle.value, outcome, measured }) : bundle;
};
