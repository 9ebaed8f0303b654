import type { Edit } from "../core/edit/edit.ts";
import { composePatchSet } from "../core/patch/compose.ts";
import type { LowRankPatch, Patch } from "../core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../core/patch/patch-set.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { DownSite } from "./block-forward.ts";
import { findConflict } from "./edit-conflict.ts";
import { editIdentities } from "./edit-identity.ts";
import { isAnswered } from "./is-answered.ts";
import { readResiduals, type WantedEdit, wantEdits } from "./joint-edits.ts";
import { jointPatchIds } from "./joint-patch-ids.ts";
import type { JointSettings } from "./joint-settings.ts";
import { letEventsIn } from "./let-events-in.ts";
import { type LocateSession, openLocateSession } from "./locate-session.ts";
import { toLowRankPatch, type UpdateFactors, updateNorm } from "./low-rank-patches.ts";
import type { EditDiagnostics, EditingContext, EditOutcome, SkippedEdit } from "./method.ts";
import { type KeptParent, keepParent } from "./parent.ts";
import { byMove } from "./probe-keys.ts";
import { problemOfEdit } from "./problem-of-edit.ts";
import type { KeyedResiduals } from "./solve-associations.ts";

/** What a method that solves for many edits at once makes of their keys and residuals at one block. */
export type SolveBlock = (site: DownSite, associations: KeyedResiduals) => Promise<Result<UpdateFactors>>;

/** A joint method at work on one group of edits. */
export interface JointWork {
  readonly name: string;
  readonly settings: JointSettings;
  readonly context: EditingContext;
  readonly locate: LocateSession;
  /** The blocks to edit, in order; the last is the top block. */
  readonly sites: readonly DownSite[];
  readonly kept: KeptParent;
  /** The kept patches, composed. */
  readonly parent: PatchSet;
}

const compose = (patches: readonly Patch[], { model }: EditingContext): Result<PatchSet> =>
  patches.length === 0 ? ok(EMPTY_PATCH_SET) : composePatchSet("draft", patches, model);

const sitesOf = (locate: LocateSession, blocks: JointSettings["blocks"]): Result<readonly DownSite[]> => {
  if (blocks === null) return ok(locate.forward.sites);
  const sites: DownSite[] = [];
  for (let layer = blocks.first; layer <= blocks.last; layer++) {
    const site = locate.site(layer);
    if (!site.ok) return site;
    sites.push(site.value);
  }
  return ok(sites);
};

/** Opens what a group of `edits` needs. Errors: `shape_mismatch` where a block takes no such patch. */
export const openJointWork = (
  name: string,
  edits: readonly Edit[],
  settings: JointSettings,
  context: EditingContext,
): Result<JointWork> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  const sites = sitesOf(locate.value, settings.blocks);
  if (!sites.ok) return sites;
  const kept = keepParent(context.parent, edits);
  const parent = compose(kept.patches, context);
  if (!parent.ok) return parent;
  return ok({
    name,
    settings,
    context,
    locate: locate.value,
    sites: sites.value,
    kept,
    parent: parent.value,
  });
};

/** The edits that the model under the parent's patches does not answer yet, and the others. */
const split = async (edits: readonly Edit[], { context, kept, parent }: JointWork) => {
  const [open, skipped]: [Edit[], SkippedEdit[]] = [[], []];
  for (const edit of edits) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const conflict = findConflict(edit, [...kept.edits, ...open]);
    if (conflict) return fail(problemOfEdit(edit, conflict));
    const answered = await isAnswered(context.engine, edit, parent);
    if (answered)
      skipped.push({ edit, reason: "the model already answers the prompt and its paraphrases this way" });
    else open.push(edit);
  }
  return ok({ open, skipped });
};

interface SolvedGroup {
  readonly patches: readonly LowRankPatch[];
  readonly updates: readonly { readonly site: DownSite; readonly factors: UpdateFactors }[];
}

/** Solves block by block, each with the patches of those before it attached. */
const solveGroup = async (
  wanted: readonly WantedEdit[],
  solve: SolveBlock,
  { name, context, locate, sites, kept, parent }: JointWork,
): Promise<Result<SolvedGroup>> => {
  const top = sites.at(-1)!;
  const edits = wanted.map((_, index) => kept.edits.length + index);
  const layers = sites.map(({ layer }) => layer);
  const ids = jointPatchIds(name, layers, new Set(kept.patches.map(({ id }) => id)));
  const patches: LowRankPatch[] = [];
  const updates: SolvedGroup["updates"][number][] = [];
  let set = parent;
  for (const [index, site] of sites.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const place = { site, top, remaining: sites.length - index };
    const associations = await readResiduals(wanted, place, set, locate);
    if (!associations.ok) return associations;
    const factors = await solve(site, associations.value);
    if (!factors.ok) return factors;
    patches.push(toLowRankPatch(ids[index]!, edits, site.layer, factors.value));
    updates.push({ site, factors: factors.value });
    const composed = compose([...kept.patches, ...patches], context);
    if (!composed.ok) return composed;
    set = composed.value;
    context.onProgress({ stage: "solving blocks", done: index + 1, total: sites.length });
  }
  return ok({ patches, updates });
};

const diagnosticsOf = (wanted: readonly WantedEdit[], { updates }: SolvedGroup): EditDiagnostics[] => {
  const names = editIdentities(wanted.map(({ edit }) => edit));
  const sizes = updates.map(
    ({ site, factors }) => [`updateSize.${site.layer}`, updateNorm(factors) / site.weightNorm] as const,
  );
  return wanted.map(({ optimized: { steps, loss, losses } }, index) => ({
    id: names[index]!,
    steps,
    loss,
    figures: { lossBefore: losses[0]!, ...Object.fromEntries(sizes) },
  }));
};

/**
 * Edits a group at once: values at the top block, then one patch for each block, which carry all edits of the group
 * together and are of use only together. Errors: those of the values, which name the edit, and of `solve`.
 */
export const applyJoint = async (
  edits: readonly Edit[],
  solve: SolveBlock,
  work: JointWork,
): Promise<Result<EditOutcome>> => {
  const { settings, context, locate, sites, kept, parent } = work;
  const divided = await split(edits, work);
  if (!divided.ok) return divided;
  const { open, skipped } = divided.value;
  const hyperParameters = {
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    blocks: sites.map(({ layer }) => layer).join(","),
  };
  if (open.length === 0) return ok({ ...kept, skipped, diagnostics: [], suspects: [], hyperParameters });
  const top = sites.at(-1)!;
  const wanted = await wantEdits(open, top, parent, settings, locate, context);
  if (!wanted.ok) return wanted;
  const solved = await solveGroup(wanted.value, solve, work);
  if (!solved.ok) return solved;
  const probes = await locate.probeKeys(context, top);
  if (!probes.ok) return probes;
  const last = solved.value.updates.at(-1)!.factors;
  return ok({
    edits: [...kept.edits, ...open],
    patches: [...kept.patches, ...solved.value.patches],
    skipped,
    diagnostics: diagnosticsOf(wanted.value, solved.value),
    suspects: byMove(probes.value, [last]).map(({ probe }) => probe),
    hyperParameters,
  });
};
