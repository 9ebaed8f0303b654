import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import { ok, type Result } from "../../core/result.ts";
import { addUpdates, toLowRankPatch } from "../down-projection/low-rank-patches.ts";
import type { BlockUpdate } from "../down-projection/moved-probes.ts";
import { composePatches } from "../frame/parent.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import { type EditGoal, findGoals, readResiduals } from "./edit-goals.ts";
import { jointPatchIds } from "./joint-patch-ids.ts";
import type { JointWork, SolveBlock } from "./joint-work.ts";

/** A group, solved. */
export interface SolvedGroup {
  readonly patches: readonly LowRankPatch[];
  /** One for each block, in order. */
  readonly updates: readonly BlockUpdate[];
  /** The goals of each round, in the order of the edits. */
  readonly rounds: readonly (readonly EditGoal[])[];
}

/** The updates as the patches of one group. */
const patchesOf = (
  name: string,
  updates: readonly BlockUpdate[],
  { site: { sites }, chosen: { wanted, kept } }: JointWork,
): readonly LowRankPatch[] => {
  const edits = wanted.map((_, index) => kept.edits.length + index);
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
  name: string,
  goals: readonly EditGoal[],
  before: readonly BlockUpdate[],
  solve: SolveBlock,
  work: JointWork,
): Promise<Result<readonly BlockUpdate[]>> => {
  const { context, chosen } = work;
  const { locate, sites } = work.site;
  const top = sites.at(-1)!;
  let updates = before;
  for (const [index, site] of sites.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const set = composePatches([...chosen.kept.patches, ...patchesOf(name, updates, work)], context);
    if (!set.ok) return set;
    const place = { site, top, remaining: sites.length - index };
    const associations = await readResiduals(goals, place, set.value, locate);
    if (!associations.ok) return associations;
    const factors = await solve(site, associations.value);
    if (!factors.ok) return factors;
    updates = replaceUpdate(updates, { site, factors: factors.value });
    context.onProgress({ stage: "solving blocks", done: index + 1, total: sites.length });
  }
  return ok(updates);
};

/**
 * Values and updates of the wanted edits, at least one and at most `rounds` times. One least-squares solve gives many
 * edits only a part of what they want; what is missing then is wanted anew, under the updates so far, and solved for on
 * top of them, until every edit is where it should be. An edit that already is wants to stay. The papers end after the
 * first round; the others are ours. `name` is the method's, for the patches' ids.
 *
 * Errors: those of the values, which name the edit, and of `solve`.
 */
export const solveGroup = async (
  name: string,
  solve: SolveBlock,
  work: JointWork,
): Promise<Result<SolvedGroup>> => {
  const { settings, context, chosen } = work;
  const { locate, sites } = work.site;
  const rounds: (readonly EditGoal[])[] = [];
  let updates: readonly BlockUpdate[] = [];
  while (rounds.length < settings.rounds) {
    const patches = [...chosen.kept.patches, ...patchesOf(name, updates, work)];
    const set = composePatches(patches, context);
    if (!set.ok) return set;
    const parts = { top: sites.at(-1)!, patches: set.value, settings, locate };
    const goals = await findGoals(chosen.wanted, parts, { patches, round: rounds.length + 1 }, context);
    if (!goals.ok) return goals;
    if (rounds.length > 0 && goals.value.every(({ optimized }) => optimized.steps === 0)) break;
    rounds.push(goals.value);
    const solved = await solveRound(name, goals.value, updates, solve, work);
    if (!solved.ok) return solved;
    updates = solved.value;
  }
  return ok({ patches: patchesOf(name, updates, work), updates, rounds });
};
