import { ok, type Result } from "../../core/result.ts";
import type { Matrix } from "../linear-algebra/matrix.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import type { DownSite } from "./block-forward.ts";
import type { LocateSession } from "./locate-session.ts";
import type { UpdateFactors } from "./low-rank-patches.ts";

/** Rows of A that are not all zeros: few where a method picks units. */
const rowsInUse = ({ rows, columns, data }: Matrix): readonly number[] =>
  Array.from({ length: rows }, (_, i) => i).filter((i) =>
    data.subarray(i * columns, (i + 1) * columns).some((value) => value !== 0),
  );

/** ‖kᵀAB‖: how far an update moves what the down-projection returns for the key k. */
const moveBy = ({ A, B }: UpdateFactors): ((key: Float32Array) => number) => {
  const used = rowsInUse(A);
  return (key) => {
    const shares = new Float64Array(A.columns);
    for (const i of used)
      for (let k = 0; k < A.columns; k++) shares[k]! += key[i]! * A.data[i * A.columns + k]!;
    let square = 0;
    for (let j = 0; j < B.columns; j++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * B.data[k * B.columns + j]!;
      square += sum * sum;
    }
    return Math.sqrt(square);
  };
};

/** Probes by how far an update moves what the down-projection returns for their keys, the furthest first. */
export const byMove = <State extends ProbeState>(
  states: readonly State[],
  update: UpdateFactors,
): readonly State[] => {
  const moveOf = moveBy(update);
  return states
    .map((state) => ({ state, move: moveOf(state.state) }))
    .sort((a, b) => b.move - a.move)
    .map(({ state }) => state);
};

/** What the down-projection of one block is given. */
export interface BlockUpdate {
  readonly site: DownSite;
  readonly factors: UpdateFactors;
}

/**
 * The model's probes by how far any of `updates` moves what the block that it is for returns for them, the furthest
 * first. Errors: those of `probeKeys`.
 */
export const movedProbes = async (
  updates: readonly BlockUpdate[],
  locate: LocateSession,
  context: EditingContext,
): Promise<Result<readonly ProbePrompt[]>> => {
  const moves = new Map<ProbePrompt, number>();
  for (const { site, factors } of updates) {
    const states = await locate.probeKeys(context, site);
    if (!states.ok) return states;
    const moveOf = moveBy(factors);
    for (const { probe, state } of states.value)
      moves.set(probe, Math.max(moves.get(probe) ?? 0, moveOf(state)));
  }
  return ok([...moves].sort(([, a], [, b]) => b - a).map(([probe]) => probe));
};
