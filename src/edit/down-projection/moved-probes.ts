import { ok, type Result } from "../../core/result.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import type { DownSite } from "./block-forward.ts";
import type { LocateSession } from "./locate-session.ts";
import type { UpdateFactors } from "./low-rank-patches.ts";

/** ‖kᵀAB‖: how far an update moves what the down-projection returns for the key k. */
const moveOf = (key: Float32Array, { A, B }: UpdateFactors): number => {
  const shares = new Float64Array(A.columns);
  for (let i = 0; i < A.rows; i++) {
    const value = key[i]!;
    if (value === 0) continue;
    for (let k = 0; k < A.columns; k++) shares[k]! += value * A.data[i * A.columns + k]!;
  }
  let square = 0;
  for (let j = 0; j < B.columns; j++) {
    let sum = 0;
    for (let k = 0; k < shares.length; k++) sum += shares[k]! * B.data[k * B.columns + j]!;
    square += sum * sum;
  }
  return Math.sqrt(square);
};

/** Probes by how far an update moves what the down-projection returns for their keys, the furthest first. */
export const byMove = <State extends ProbeState>(
  states: readonly State[],
  update: UpdateFactors,
): readonly State[] =>
  states
    .map((state) => ({ state, move: moveOf(state.state, update) }))
    .sort((a, b) => b.move - a.move)
    .map(({ state }) => state);

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
    for (const { probe, state } of states.value)
      moves.set(probe, Math.max(moves.get(probe) ?? 0, moveOf(state, factors)));
  }
  return ok([...moves].sort(([, a], [, b]) => b - a).map(([probe]) => probe));
};
