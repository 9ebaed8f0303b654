import type { PatchSet } from "../../../src/core/patch/patch-set.ts";
import { Decoding, logitsAt } from "../../../src/engine/decoding/decoding.ts";
import { bindPatches } from "../../../src/engine/patching/bind-patches.ts";
import type { Runner } from "../../../src/engine/runner/runner.ts";
import { argMax } from "../../../src/engine/sampling/sampler.ts";

/** Greedy tokens after a prompt and the logits that each was chosen under. */
export interface GreedyTrace {
  readonly ids: readonly number[];
  /** One row of logits [vocabulary] for each id. */
  readonly logits: readonly (readonly number[])[];
}

/** Decodes `count` tokens greedily under a patch set; the same code runs on every backend. */
export const traceGreedy = async (
  runner: Runner,
  prompt: readonly number[],
  count: number,
  patches: PatchSet,
): Promise<GreedyTrace> => {
  const bound = bindPatches(runner.model, runner.backend, runner.dummies, patches);
  if (!bound.ok) throw new Error(bound.problem.message);
  const decoding = new Decoding(runner, bound.value);
  const trace: { ids: number[]; logits: number[][] } = { ids: [], logits: [] };
  let row = logitsAt(await decoding.prefill(prompt), prompt.length - 1);
  for (let i = 0; i < count; i++) {
    if (i > 0) row = await decoding.step(trace.ids[i - 1]!);
    trace.logits.push([...row]);
    trace.ids.push(argMax(row));
  }
  return trace;
};
