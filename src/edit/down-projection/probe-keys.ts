import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import type { BlockForward, DownSite } from "./block-forward.ts";

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
