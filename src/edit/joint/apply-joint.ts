import type { Edit } from "../../core/edit/edit.ts";
import { ok, type Result } from "../../core/result.ts";
import { updateNorm } from "../down-projection/low-rank-patches.ts";
import { byMove } from "../down-projection/probe-keys.ts";
import { unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities } from "../frame/edit-identity.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import type { EditDiagnostics, EditOutcome } from "../method.ts";
import type { JointWork, SolveBlock } from "./joint-work.ts";
import { type SolvedGroup, solveGroup } from "./solve-group.ts";

const diagnosticsOf = (edits: readonly Edit[], { updates, rounds }: SolvedGroup): EditDiagnostics[] => {
  const names = editIdentities(edits);
  const sizes = updates.map(
    ({ site, factors }) => [`updateSize.${site.layer}`, updateNorm(factors) / site.weightNorm] as const,
  );
  return edits.map((_, index) => {
    const optimized = rounds.map((wanted) => wanted[index]!.optimized);
    return {
      id: names[index]!,
      steps: optimized.reduce((sum, { steps }) => sum + steps, 0),
      loss: optimized.at(-1)!.loss,
      figures: { lossBefore: optimized[0]!.losses[0]!, ...Object.fromEntries(sizes) },
    };
  });
};

/**
 * Edits a group at once: values at the top block and one patch for each block, which carry all edits of the group
 * together and are of use only together. Errors: those of the values, which name the edit, and of `solve`.
 */
export const applyJoint = async (solve: SolveBlock, work: JointWork): Promise<Result<EditOutcome>> => {
  const { settings, context, locate, sites, chosen } = work;
  const { wanted: open, skipped, kept } = chosen;
  if (open.length === 0) return ok(unchangedOutcome(chosen, settings));
  const solved = await solveGroup(open, solve, work);
  if (!solved.ok) return solved;
  const probes = await locate.probeKeys(context, sites.at(-1)!);
  if (!probes.ok) return probes;
  const last = solved.value.updates.at(-1)!.factors;
  return ok({
    edits: [...kept.edits, ...open],
    patches: [...kept.patches, ...solved.value.patches],
    skipped,
    diagnostics: diagnosticsOf(open, solved.value),
    suspects: byMove(probes.value, [last]).map(({ probe }) => probe),
    hyperParameters: {
      ...recordSettings(settings),
      blocks: sites.map(({ layer }) => layer).join(","),
    },
  });
};
