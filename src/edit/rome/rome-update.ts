import type { Edit } from "../../core/edit/edit.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { editObjective, keysAt } from "../down-projection/edit-objective.ts";
import { editSequences } from "../down-projection/edit-sequences.ts";
import { updateNorm } from "../down-projection/low-rank-patches.ts";
import { byMove } from "../down-projection/moved-probes.ts";
import { type OptimizedShifts, optimizeShifts } from "../down-projection/optimize-shifts.ts";
import { toShiftSettings } from "../down-projection/shift-settings.ts";
import { fromColumns } from "../linear-algebra/from-vectors.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import type { PositiveFactor } from "../linear-algebra/symmetric-positive.ts";
import { negativesOf } from "../probes/negatives.ts";
import { type InsertedKeys, insertAsPublished, insertKeys } from "./insert-keys.ts";
import { protectKeys } from "./protect-keys.ts";
import type { RomeSession } from "./session.ts";

/** An edit's update with how it came about. */
export interface RomeUpdate extends InsertedKeys {
  readonly optimized: OptimizedShifts;
  /** ‖ΔW‖ / ‖W‖. */
  readonly size: number;
  /** The longest shift, as a multiple of what the FFN returns at its lookup. */
  readonly longestShift: number;
}

type Keys = readonly (readonly Float32Array[])[];

const meanOf = (keys: readonly Float32Array[]): Float64Array => {
  const mean = new Float64Array(keys[0]!.length);
  for (const key of keys) for (let i = 0; i < mean.length; i++) mean[i]! += key[i]! / keys.length;
  return mean;
};

const meansOf = (keys: Keys): Matrix =>
  fromColumns(keys[0]!.map((_, shift) => meanOf(keys.map((row) => row[shift]!))));

const insert = (
  keys: Keys,
  values: Matrix,
  factor: PositiveFactor,
  { keys: rule, "key-ridge": ridge }: RomeSession["settings"],
): Result<InsertedKeys> => {
  if (rule === "original") return ok(insertAsPublished(meansOf(keys), fromColumns(keys[0]!), values, factor));
  if (rule === "mean")
    return insertKeys({ keys: meansOf(keys), owners: keys[0]!.map((_, j) => j), values }, factor, ridge);
  const owners = keys.flatMap((row) => row.map((_, shift) => shift));
  return insertKeys({ keys: fromColumns(keys.flat()), owners, values }, factor, ridge);
};

/** Inserts once, sees which probes that would move most, and inserts again with these held still. */
const insertGuarded = async (
  edit: Edit,
  keys: Keys,
  values: Matrix,
  patches: PatchSet,
  { settings, factor, probes, context }: RomeSession,
): Promise<Result<InsertedKeys>> => {
  const free = insert(keys, values, factor, settings);
  if (!free.ok || settings.guards === 0 || probes.length === 0) return free;
  const foreign = await negativesOf(edit, keys[0]![0]!, probes, context.engine, patches);
  const guards = byMove(foreign, free.value).slice(0, settings.guards);
  if (guards.length === 0) return free;
  const held = fromColumns(guards.map(({ state }) => state));
  const guarded = protectKeys(factor, held, settings["guard-weight"]);
  return guarded.ok ? insert(keys, values, guarded.value, settings) : guarded;
};

const disabling = (size: number, most: number) =>
  problem(
    "disabling_edit",
    `The update is ${size.toFixed(2)} times as large as the weight itself, at most ${most} is allowed: it would disable the model. Reword the prompt, or raise --set ridge, or max-update if you know better.`,
    { detail: { size, most } },
  );

/**
 * The update of one edit on top of `patches`, by `settings`. Errors: those of `editSequences`; `disabling_edit` where
 * the update is too large; `singular_matrix`; `cancelled`.
 */
export const romeUpdate = async (
  edit: Edit,
  patches: PatchSet,
  session: RomeSession,
): Promise<Result<RomeUpdate>> => {
  const { settings, context, site, locate, lookup, contexts } = session;
  const sequences = await editSequences(edit, contexts, lookup, context.engine);
  if (!sequences.ok) return sequences;
  const parts = {
    site,
    lookup,
    withDivergence: settings["kl-factor"] > 0,
    measure: "outputs",
    patches,
  } as const;
  const asked = await editObjective(edit, sequences.value, parts, locate, context.engine);
  if (!asked.ok) return asked;
  const { objective, states } = asked.value;
  const optimized = await optimizeShifts(objective, toShiftSettings(settings), context.signal);
  if (!optimized.ok) return optimized;
  const { shifts } = optimized.value;
  const count = objective.norms.length;
  const values = { rows: count, columns: site.out, data: Float64Array.from(shifts) };
  const keys = keysAt(sequences.value, states, site.in);
  const inserted = await insertGuarded(edit, keys, values, patches, session);
  if (!inserted.ok) return inserted;
  const size = updateNorm(inserted.value) / site.weightNorm;
  const most = settings["max-update"];
  if (!(size <= most)) return fail(disabling(size, most));
  const lengths = objective.norms.map(
    (norm, j) => Math.hypot(...shifts.subarray(j * site.out, (j + 1) * site.out)) / norm,
  );
  return ok({ ...inserted.value, optimized: optimized.value, size, longestShift: Math.max(...lengths) });
};
