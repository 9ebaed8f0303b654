import type { Edit } from "../../core/edit/edit.ts";
import { ok, type Result } from "../../core/result.ts";
import { updateNorm } from "../down-projection/low-rank-patches.ts";
import { movedProbes } from "../down-projection/moved-probes.ts";
import { applyAllAtOnce, type MadeTogether } from "../frame/all-at-once.ts";
import type { MethodParts } from "../frame/apply-method.ts";
import type { EditDiagnostics, EditMethod } from "../method.ts";
import { editIdentities } from "../prompts/edit-identity.ts";
import type { JointSettings } from "./joint-settings.ts";
import { type JointWork, locateJoint, type SolveBlock } from "./joint-work.ts";
import { type SolvedGroup, solveGroup } from "./solve-group.ts";

/** A method that solves for many edits at once, by least squares in one block after another. */
export interface JointMethod<Settings extends JointSettings> {
  /** Names the groups of patches. */
  readonly name: string;
  readonly parse: MethodParts<Settings, unknown>["parse"];
  readonly solver: (work: JointWork<Settings>) => SolveBlock;
}

const diagnosticsOf = (edits: readonly Edit[], { updates, rounds }: SolvedGroup): EditDiagnostics[] => {
  const names = editIdentities(edits);
  const sizes = updates.map(
    ({ site, factors }) => [`updateSize.${site.layer}`, updateNorm(factors) / site.weightNorm] as const,
  );
  return edits.map((_, index) => {
    const optimized = rounds.map((goals) => goals[index]!.optimized);
    return {
      id: names[index]!,
      steps: optimized.reduce((sum, { steps }) => sum + steps, 0),
      loss: optimized.at(-1)!.loss,
      figures: { lossBefore: optimized[0]!.losses[0]!, ...Object.fromEntries(sizes) },
    };
  });
};

const makeGroup = async <Settings extends JointSettings>(
  { name, solver }: JointMethod<Settings>,
  work: JointWork<Settings>,
): Promise<Result<MadeTogether>> => {
  const { context, chosen, site } = work;
  const solved = await solveGroup(name, solver(work), work);
  if (!solved.ok) return solved;
  const { updates, patches } = solved.value;
  const suspects = await movedProbes(updates.slice(-1), site.locate, context);
  if (!suspects.ok) return suspects;
  return ok({
    patches,
    diagnostics: diagnosticsOf(chosen.wanted, solved.value),
    suspects: suspects.value,
    resolved: { blocks: site.sites.map(({ layer }) => layer).join(",") },
  });
};

/**
 * The `apply` of such a method: values at the top block and one patch for each block, which carry all edits of the
 * group together and are of use only together. Errors: `wrong_base_model` where a block takes no such patch; those of
 * the values, which name the edit, and of the solver.
 */
export const applyJoint = <Settings extends JointSettings>(
  method: JointMethod<Settings>,
): EditMethod["apply"] =>
  applyAllAtOnce({ parse: method.parse, locate: locateJoint }, (work) => makeGroup(method, work));
