import type { Edit } from "../../core/edit/edit.ts";
import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import { ok, type Result } from "../../core/result.ts";
import type { DownSite } from "../down-projection/block-forward.ts";
import { addUpdates, toLowRankPatch, type UpdateFactors } from "../down-projection/low-rank-patches.ts";
import { letEventsIn } from "../frame/let-events-in.ts";
import { composePatches } from "../frame/parent.ts";
import { readResiduals, type WantedEdit, wantEdits } from "./joint-edits.ts";
import { jointPatchIds } from "./joint-patch-ids.ts";
import type { JointWork, SolveBlock } from "./joint-work.ts";

/** What a block's down-projection has been given so far. */
export interface BlockUpdate {
  readonly site: DownSite;
  readonly factors: UpdateFactors;
}

/** A group, solved. */
export interface SolvedGroup {
  readonly patches: readonly LowRankPatch[];
  /** One for each block, in order. */
  readonly updates: readonly BlockUpdate[];
  /** What each round wanted of the edits, in their order. */
  readonly rounds: readonly (readonly WantedEdit[])[];
}

/** The updates as the patches of one group of `count` edits. */
const patchesOf = (
  updates: readonly BlockUpdate[],
  count: number,
  { name, sites, chosen: { kept } }: JointWork,
): readonly LowRankPatch[] => {
  const edits = Array.from({ length: count }, (_, index) => kept.edits.length + index);
  const layers = sites.map(({ layer }) => layer);
  const ids = jointPatchIds(name, layers, new Set(kept.patches.map(({ id }) => id)));
  return updates.map(({ site, factors }) =>
    toLowRankPatch(ids[layers.indexOf(site.layer)]!, edits, site.layer, factors),
  );
};

const replaceUpdate = (
  updates: readonly BlockUpdate[],
  { site, factors }: BlockUpdate,
): readonly BlockUpdate[] => {
  const before = updates.find((update) => update.site === site);
  const whole = before ? addUpdates(before.factors, factors) : factors;
  return [...updates.filter((update) => update !== before), { site, factors: whole }].toSorted(
    (left, right) => left.site.layer - right.site.layer,
  );
};

/** Solves block by block on top of `before`, each with the updates of all before it attached. */
const solveRound = async (
  wanted: readonly WantedEdit[],
  before: readonly BlockUpdate[],
  solve: SolveBlock,
  work: JointWork,
): Promise<Result<readonly BlockUpdate[]>> => {
  const { context, locate, sites, chosen } = work;
  const top = sites.at(-1)!;
  let updates = before;
  for (const [index, site] of sites.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const set = composePatches([...chosen.kept.patches, ...patchesOf(updates, wanted.length, work)], context);
    if (!set.ok) return set;
    const place = { site, top, remaining: sites.length - index };
    const associations = await readResiduals(wanted, place, set.value, locate);
    if (!associations.ok) return associations;
    const factors = await solve(site, associations.value);
    if (!factors.ok) return factors;
    updates = replaceUpdate(updates, { site, factors: factors.value });
    context.onProgress({ stage: "solving blocks", done: index + 1, total: sites.length });
  }
  return ok(updates);
};

/**
 * Values and updates of `edits`, at least one and at most `rounds` times. One least-squares solve gives many edits
 * only a part of what they want; what is missing then is wanted anew, under the updates so far, and solved for on top
 * of them, until every edit is where it should be. An edit that already is wants to stay. The papers end after the
 * first round; the others are ours.
 *
 * Errors: those of the values, which name the edit, and of `solve`.
 */
export const solveGroup = async (
  edits: readonly Edit[],
  solve: SolveBlock,
  work: JointWork,
): Promise<Result<SolvedGroup>> => {
  const { settings, context, locate, sites, chosen } = work;
  const rounds: (readonly WantedEdit[])[] = [];
  let updates: readonly BlockUpdate[] = [];
  while (rounds.length < settings.rounds) {
    const patches = [...chosen.kept.patches, ...patchesOf(updates, edits.length, work)];
    const set = composePatches(patches, context);
    if (!set.ok) return set;
    const parts = { top: sites.at(-1)!, patches: set.value, settings, locate };
    const wanted = await wantEdits(edits, parts, { patches, round: rounds.length + 1 }, context);
    if (!wanted.ok) return wanted;
    if (rounds.length > 0 && wanted.value.every(({ optimized }) => optimized.steps === 0)) break;
    rounds.push(wanted.value);
    const solved = await solveRound(wanted.value, updates, solve, work);
    if (!solved.ok) return solved;
    updates = solved.value;
  }
  return ok({ patches: patchesOf(updates, edits.length, work), updates, rounds });
};
