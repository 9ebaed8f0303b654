import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { DownSite } from "../down-projection/block-forward.ts";
import { editObjective } from "../down-projection/edit-objective.ts";
import { type EditSequences, editSequences } from "../down-projection/edit-sequences.ts";
import { type LocateSession, openLocateSession } from "../down-projection/locate-session.ts";
import { type OptimizedShifts, optimizeShifts } from "../down-projection/optimize-shifts.ts";
import { toShiftSettings } from "../down-projection/shift-settings.ts";
import { mapItems } from "../frame/map-items.ts";
import { composePatches } from "../frame/parent.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import { fromColumns, fromRows } from "../linear-algebra/from-vectors.ts";
import type { EditingContext } from "../method.ts";
import type { Task } from "../workbench.ts";
import type { JointSettings } from "./joint-settings.ts";
import type { KeyedResiduals } from "./solve-factors.ts";

/** Where the residual stream is to be at the top block for one edit of a group to hold. */
export interface EditGoal {
  readonly sequences: EditSequences;
  /** z [d] for each row and lookup, row by row. */
  readonly states: readonly Float32Array[];
  readonly optimized: OptimizedShifts;
}

/** Each lookup's row of `values` [rows, T, width], row by row. */
export const atLookups = (
  { rows, lookups }: EditSequences,
  values: Float32Array,
  width: number,
): readonly Float32Array[] =>
  lookups.flatMap((positions, row) =>
    positions.map((position) => {
      const start = (row * rows[0]!.length + position) * width;
      return values.subarray(start, start + width);
    }),
  );

/** What the search for an edit's goal takes besides the edit. */
export interface GoalParts {
  readonly top: DownSite;
  /** What the edits build on. */
  readonly patches: PatchSet;
  readonly settings: JointSettings;
  readonly locate: LocateSession;
}

/** What is found of one edit; `sequences` are at hand again wherever they are needed. */
type FoundGoal = Omit<EditGoal, "sequences">;

const findGoal = async (
  edit: Edit,
  { top, patches, settings, locate }: GoalParts,
  { engine, signal }: Pick<EditingContext, "engine" | "signal">,
): Promise<Result<FoundGoal>> => {
  const sequences = await editSequences(edit, [], "prompt-last", engine);
  if (!sequences.ok) return sequences;
  const parts = {
    site: top,
    lookup: "prompt-last",
    withDivergence: settings["kl-factor"] > 0,
    measure: "states",
    patches,
  } as const;
  const asked = await editObjective(edit, sequences.value, parts, locate, engine);
  if (!asked.ok) return asked;
  const { objective, states: before } = asked.value;
  const optimized = await optimizeShifts(objective, toShiftSettings(settings), signal);
  if (!optimized.ok) return optimized;
  const { shifts } = optimized.value;
  const count = objective.norms.length;
  const states = atLookups(sequences.value, before.states, top.out).map((state, index) => {
    const shift = shifts.subarray((index % count) * top.out, ((index % count) + 1) * top.out);
    return state.map((value, i) => value + shift[i]!);
  });
  return ok({ states, optimized: optimized.value });
};

/** The goal of an edit. Errors name it. */
const findGoalOf = async (
  edit: Edit,
  parts: GoalParts,
  context: Pick<EditingContext, "engine" | "signal">,
): Promise<Result<FoundGoal>> => {
  const found = await findGoal(edit, parts, context);
  return found.ok ? found : fail(problemOfEdit(edit, found.problem));
};

/** `GoalParts` as they travel to a worker. */
interface SharedParts {
  readonly layer: number;
  readonly patches: readonly Patch[];
  readonly settings: JointSettings;
}

/** The search for the goals of edits, for workers. */
export const editGoals: Task<SharedParts, Edit, FoundGoal> = {
  name: "edit-goals",
  open: async ({ layer, patches, settings }, context) => {
    const locate = openLocateSession(context);
    if (!locate.ok) return locate;
    const top = locate.value.site(layer);
    if (!top.ok) return top;
    const composed = composePatches(patches, context);
    if (!composed.ok) return composed;
    const parts = { top: top.value, patches: composed.value, settings, locate: locate.value };
    return ok((edit) => findGoalOf(edit, parts, context));
  },
};

/**
 * z for each edit at the top block (MEMIT's first step): what the residual stream should be at each lookup of each
 * phrasing, by one shift for each target token. Errors name the edit.
 *
 * @param place `patches` are those that `parts` have composed; `round` counts the times that a job has asked
 */
export const findGoals = async (
  edits: readonly Edit[],
  parts: GoalParts,
  { patches, round }: { readonly patches: readonly Patch[]; readonly round: number },
  context: EditingContext,
): Promise<Result<readonly EditGoal[]>> => {
  const { top, settings } = parts;
  const work = {
    task: editGoals,
    key: `${editGoals.name} ${round}`,
    shared: () => ({ layer: top.layer, patches, settings }),
    here: (edit: Edit) => findGoalOf(edit, parts, context),
    stage: round === 1 ? "optimising values" : `optimising values, round ${round}`,
  };
  const found = await mapItems(edits, work, context);
  if (!found.ok) return found;
  const goals: EditGoal[] = [];
  for (const [index, edit] of edits.entries()) {
    const sequences = await editSequences(edit, [], "prompt-last", context.engine);
    if (!sequences.ok) return fail(problemOfEdit(edit, sequences.problem));
    goals.push({ sequences: sequences.value, ...found.value[index]! });
  }
  return ok(goals);
};

/**
 * The keys of all edits at `site` and their share of what is still missing at the top block, under `patches`: MEMIT
 * spreads it evenly over the `remaining` blocks, this one included.
 */
export const readResiduals = async (
  goals: readonly EditGoal[],
  { site, top, remaining }: { readonly site: DownSite; readonly top: DownSite; readonly remaining: number },
  patches: PatchSet,
  locate: LocateSession,
): Promise<Result<KeyedResiduals>> => {
  const keys: Float32Array[] = [];
  const residuals: Float32Array[] = [];
  for (const { sequences, states } of goals) {
    const run = await locate.forward.run(sequences.rows, [site.layer, top.layer], patches);
    if (!run.ok) return run;
    // Copied, so that the whole pass need not stay in memory.
    for (const key of atLookups(sequences, run.value.get(site.layer)!.keys, site.in)) keys.push(key.slice());
    atLookups(sequences, run.value.get(top.layer)!.states, top.out).forEach((state, index) => {
      residuals.push(states[index]!.map((value, i) => (value - state[i]!) / remaining));
    });
  }
  return ok({ keys: fromColumns(keys), residuals: fromRows(residuals) });
};
