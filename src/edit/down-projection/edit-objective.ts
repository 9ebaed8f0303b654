import type { Edit } from "../../core/edit/edit.ts";
import type { Lookup } from "../../core/model/model-trace.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { subjectOf } from "../prompts/subject-of.ts";
import type { BlockStates, DownSite } from "./block-forward.ts";
import { type EditSequences, paddedLength } from "./edit-sequences.ts";
import type { LocateSession } from "./locate-session.ts";
import type { ShiftObjective } from "./optimize-shifts.ts";
import type { ShiftLoss } from "./shift-gradients.ts";

/** What an edit asks of shifts at one block. */
export interface EditObjective {
  readonly objective: ShiftObjective;
  /** The block's states over the edit's rows, as the patches so far have them. */
  readonly states: BlockStates;
}

/** What a neutral prompt about the subject begins with, as in ROME's reference code. */
const essence = (subject: string): string => `${subject} is a`;

const rowAt = (values: Float32Array, width: number, index: number): Float32Array =>
  values.subarray(index * width, (index + 1) * width);

/** The divergence at the neutral prompt about the edit's subject; null where the subject cannot be told. */
const divergenceOf = async (
  edit: Edit,
  lookup: Lookup,
  site: DownSite,
  patches: PatchSet,
  session: LocateSession,
  engine: Engine,
): Promise<Result<ShiftLoss | null>> => {
  const subject = subjectOf(edit);
  if (subject === undefined) return ok(null);
  const ids = engine.tokenizer.encode(essence(subject));
  const length = paddedLength(ids.length, engine.model.dims.context);
  if (ids.length > length) return ok(null);
  const row = [...ids, ...new Array<number>(length - ids.length).fill(0)];
  const states = await session.forward.run([row], [site.layer], patches);
  if (!states.ok) return states;
  const last = lookup === "prompt-last" ? ids.length : engine.tokenizer.encode(subject).length;
  const weights = new Float32Array(length);
  weights[last - 1] = 1;
  return session.gradients(site).divergence({
    rows: [row],
    states: states.value.get(site.layer)!.states,
    lookups: [[last - 1]],
    weights,
  });
};

/**
 * The losses of an edit as functions of shifts at `site`, with `patches` attached to this block and those before it.
 * Gradients run through the later blocks as the bare model has them.
 */
export const editObjective = async (
  edit: Edit,
  sequences: EditSequences,
  { site, lookup, withDivergence, measure, patches }: ObjectiveParts,
  session: LocateSession,
  engine: Engine,
): Promise<Result<EditObjective>> => {
  const { rows, lookups, targets, weights } = sequences;
  const run = await session.forward.run(rows, [site.layer], patches);
  if (!run.ok) return run;
  const states = run.value.get(site.layer)!;
  const batch = { rows, lookups, weights, states: states.states };
  const target = await session.gradients(site).target(batch, targets);
  if (!target.ok) return target;
  const divergence = withDivergence
    ? await divergenceOf(edit, lookup, site, patches, session, engine)
    : ok(null);
  if (!divergence.ok) return divergence;
  const norms = lookups[0]!.map((position) => Math.hypot(...rowAt(states[measure], site.out, position)));
  return ok({
    objective: { target: target.value, divergence: divergence.value, norms, width: site.out },
    states,
  });
};

/** Where and under what an objective is taken. */
export interface ObjectiveParts {
  readonly site: DownSite;
  readonly lookup: Lookup;
  /** Whether a neutral prompt about the subject should be held still. */
  readonly withDivergence: boolean;
  /** What shifts are measured by: the FFN's output (ROME), or the residual stream (MEMIT). */
  readonly measure: "outputs" | "states";
  readonly patches: PatchSet;
}

/** The keys [m] at each row's lookups: `keys[row][shift]`. */
export const keysAt = (
  { rows, lookups }: EditSequences,
  { keys }: BlockStates,
  width: number,
): readonly (readonly Float32Array[])[] =>
  lookups.map((positions, row) =>
    positions.map((position) => rowAt(keys, width, row * rows[0]!.length + position)),
  );
