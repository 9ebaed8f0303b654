import type { Edit } from "../core/edit/edit.ts";
import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { LowRankPatch } from "../core/patch/patch.ts";
import { ok, type Result } from "../core/result.ts";
import type { BlockForward, DownSite } from "./block-forward.ts";
import { type ChosenEdits, chooseEdits, unchangedOutcome } from "./choose-edits.ts";
import { editIdentities } from "./edit-identity.ts";
import { readResiduals, type WantedEdit, wantEdits } from "./joint-edits.ts";
import { jointPatchIds } from "./joint-patch-ids.ts";
import type { JointSettings } from "./joint-settings.ts";
import { letEventsIn } from "./let-events-in.ts";
import { type LocateSession, openLocateSession } from "./locate-session.ts";
import { toLowRankPatch, type UpdateFactors, updateNorm } from "./low-rank-patches.ts";
import type { EditDiagnostics, EditingContext, EditOutcome } from "./method.ts";
import { composePatches } from "./parent.ts";
import { recordSettings } from "./parse-settings.ts";
import { byMove } from "./probe-keys.ts";
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
  readonly chosen: ChosenEdits;
}

/** Those of the middle blocks, as MEMIT spreads edits over middle blocks; all where there is none. */
const advisedSites = ({ sites }: BlockForward, { layers }: PreparedModel): readonly DownSite[] => {
  const middle = sites.filter(({ layer }) => layer > 0 && layer < layers - 1);
  return middle.length > 0 ? middle : sites;
};

const sitesOf = (
  locate: LocateSession,
  blocks: JointSettings["blocks"],
  model: PreparedModel,
): Result<readonly DownSite[]> => {
  if (blocks === null) return ok(advisedSites(locate.forward, model));
  const sites: DownSite[] = [];
  for (let layer = blocks.first; layer <= blocks.last; layer++) {
    const site = locate.site(layer);
    if (!site.ok) return site;
    sites.push(site.value);
  }
  return ok(sites);
};

/**
 * Opens what a group of `edits` needs. Errors: `shape_mismatch` where a block takes no such patch; those of
 * `chooseEdits`.
 */
export const openJointWork = async (
  name: string,
  edits: readonly Edit[],
  settings: JointSettings,
  context: EditingContext,
): Promise<Result<JointWork>> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  const sites = sitesOf(locate.value, settings.blocks, context.model);
  if (!sites.ok) return sites;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  return ok({
    name,
    settings,
    context,
    locate: locate.value,
    sites: sites.value,
    chosen: chosen.value,
  });
};

interface SolvedGroup {
  readonly patches: readonly LowRankPatch[];
  readonly updates: readonly { readonly site: DownSite; readonly factors: UpdateFactors }[];
}

/** Solves block by block, each with the patches of those before it attached. */
const solveGroup = async (
  wanted: readonly WantedEdit[],
  solve: SolveBlock,
  { name, context, locate, sites, chosen: { kept, base } }: JointWork,
): Promise<Result<SolvedGroup>> => {
  const top = sites.at(-1)!;
  const edits = wanted.map((_, index) => kept.edits.length + index);
  const layers = sites.map(({ layer }) => layer);
  const ids = jointPatchIds(name, layers, new Set(kept.patches.map(({ id }) => id)));
  const patches: LowRankPatch[] = [];
  const updates: SolvedGroup["updates"][number][] = [];
  let set = base;
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
    const composed = composePatches([...kept.patches, ...patches], context);
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
export const applyJoint = async (solve: SolveBlock, work: JointWork): Promise<Result<EditOutcome>> => {
  const { settings, context, locate, sites, chosen } = work;
  const { wanted: open, skipped, kept, base } = chosen;
  if (open.length === 0) return ok(unchangedOutcome(chosen, settings));
  const top = sites.at(-1)!;
  const wanted = await wantEdits(open, { top, patches: base, settings, locate }, kept.patches, context);
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
    hyperParameters: {
      ...recordSettings(settings),
      blocks: sites.map(({ layer }) => layer).join(","),
    },
  });
};
