import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import type { Manifest } from "../../core/bundle/manifest.ts";
import { openPatches } from "../../core/bundle/verify-bundle.ts";
import type { Edit } from "../../core/edit/edit.ts";
import { problem } from "../../core/problem.ts";
import { hotfixParts } from "../../core/release/hotfix-parts.ts";
import { attachedManifest } from "../../core/release/patch-catalog.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { ALREADY_ANSWERED } from "../../edit/frame/choose-edits.ts";
import type { EditOutcome, SkippedEdit } from "../../edit/method.ts";
import { type ComputedEdits, computeEdits, type EditingRequest } from "../editing/compute-edits.ts";
import type { ServedPatches } from "./served-patches.ts";

/** What to make a hotfix of. */
export interface HotfixRequest extends Omit<EditingRequest, "base" | "edits"> {
  readonly edit: Edit;
  /** What the channel serves, which the hotfix goes on top of. */
  readonly served: ServedPatches;
}

/** A hotfix computed and measured; not yet signed, nothing written. */
export interface MadeHotfix extends ComputedEdits {
  /** Null where the model already answers the edit. */
  readonly hotfix: {
    readonly bundle: BuiltBundle;
    /** Ids of the channel's patches that it supersedes. */
    readonly disable: readonly string[];
  } | null;
}

const openAttached = async (
  manifest: Manifest | null,
  { model, served }: HotfixRequest,
): Promise<Result<EditingRequest["base"]>> => {
  if (manifest === null) return ok({ edits: [], patches: [] });
  const patches = await openPatches(manifest, model, served.getBlobs);
  return patches.ok ? ok({ edits: manifest.edits, patches: patches.value }) : patches;
};

const notFixed = ({ prompt }: Edit, answer: string) =>
  problem(
    "edit_not_converged",
    `The hotfix does not make the model answer "${prompt}" rightly: it answers "${answer.trim()}". Nothing was ` +
      "changed. Try other settings of the method, or another method.",
    { param: "prompt", detail: { prompt, answer } },
  );

/** No patch is needed, or can be made, and yet the channel does not answer rightly. */
const notMade = (
  { edit, reason }: SkippedEdit,
  { patches }: EditingRequest["base"],
  { patches: kept }: EditOutcome,
) => {
  const replaced = patches.filter(({ id }) => !kept.some((patch) => patch.id === id)).map(({ id }) => id);
  const next =
    replaced.length === 0
      ? "Try another method."
      : `Take it off: ${replaced.map((id) => `errata patch disable ${id}`).join("; ")}.`;
  return problem("edit_not_converged", `No hotfix was made: ${reason}. Nothing was changed. ${next}`, {
    param: "prompt",
    detail: { prompt: edit.prompt },
  });
};

/**
 * Computes a patch for one edit on top of what a channel serves, and asks the production decoder what it changed.
 * Patches of the channel that the method had to change, or that corrected the same prompt, are superseded: they
 * come with the hotfix anew, or not at all.
 *
 * Errors: those of the method and of `openPatches`; `edit_not_converged` where the prompt is not fixed, or gets no
 * patch for another reason than that the channel answers it already.
 */
export const makeHotfix = async (request: HotfixRequest): Promise<Result<MadeHotfix>> => {
  const { edit, served, model, method } = request;
  const base = await openAttached(attachedManifest(served.catalog), request);
  if (!base.ok) return base;
  const computed = await computeEdits({ ...request, edits: [edit], base: base.value });
  if (!computed.ok) return computed;
  const { outcome, measured } = computed.value;
  const [skipped] = outcome.skipped;
  if (skipped?.reason === ALREADY_ANSWERED) return ok({ ...computed.value, hotfix: null });
  if (skipped) return fail(notMade(skipped, base.value, outcome));
  const own = measured.edits[0]!.answers[0]!;
  if (!own.fixed) return fail(notFixed(edit, own.after));
  const taken = new Set(served.catalog.patches.keys());
  const { disable, ...parts } = await hotfixParts(base.value.patches, outcome, taken);
  const bundle = await buildBundle({
    ...parts,
    method: method.name,
    parameters: outcome.hyperParameters,
    seed: 0,
    model,
    parent: served.channel.bundle,
    report: null,
  });
  return bundle.ok ? ok({ ...computed.value, hotfix: { bundle: bundle.value, disable } }) : bundle;
};
