import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { letEventsIn } from "../frame/let-events-in.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { BlockForward, DownSite } from "./block-forward.ts";
import type { UpdateFactors } from "./low-rank-patches.ts";

/** Probes of one run. */
const BATCH = 64;

/**
 * Each probe with the key [m] that the bare model's down-projection reads at its last token, in the probes' order.
 * Fails with `cancelled` and as the runtime does.
 */
export const collectProbeKeys = async (
  { engine, probes, onProgress, signal }: EditingContext,
  site: DownSite,
  forward: BlockForward,
): Promise<Result<readonly ProbeState[]>> => {
  const prompts = probes
    .map((probe, index) => ({ probe, index, ids: engine.tokenizer.encode(probe.prompt) }))
    .filter(({ ids }) => ids.length <= engine.model.dims.context)
    .sort((a, b) => a.ids.length - b.ids.length);
  const found: (ProbeState & { readonly index: number })[] = [];
  for (let start = 0; start < prompts.length; start += BATCH) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const batch = prompts.slice(start, start + BATCH);
    const length = batch.at(-1)!.ids.length;
    const rows = batch.map(({ ids }) => [...ids, ...new Array<number>(length - ids.length).fill(0)]);
    const run = await forward.run(rows, [site.layer], EMPTY_PATCH_SET);
    if (!run.ok) return run;
    const { keys } = run.value.get(site.layer)!;
    for (const [row, { probe, index, ids }] of batch.entries()) {
      const first = (row * length + ids.length - 1) * site.in;
      found.push({ probe, index, state: keys.slice(first, first + site.in) });
    }
    onProgress({ stage: "reading probes", done: found.length, total: prompts.length });
  }
  return ok(found.sort((a, b) => a.index - b.index));
};

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

/** Probes by how far any of `updates` moves them, the furthest first. */
export const byMove = <State extends ProbeState>(
  states: readonly State[],
  updates: readonly UpdateFactors[],
): readonly State[] =>
  states
    .map((state) => ({ state, move: Math.max(...updates.map((update) => moveOf(state.state, update))) }))
    .sort((a, b) => b.move - a.move)
    .map(({ state }) => state);
