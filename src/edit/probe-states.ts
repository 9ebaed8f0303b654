import { fail, ok, type Result } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";
import { distanceBetween } from "./codebook-geometry.ts";
import { letEventsIn } from "./let-events-in.ts";
import type { EditingContext } from "./method.ts";
import type { ProbePrompt } from "./probes.ts";

/** A probe prompt with its state at one layer's output at the last prompt token. */
export interface ProbeState {
  readonly probe: ProbePrompt;
  /** [d] */
  readonly state: Float32Array;
}

/**
 * The state of every probe prompt at `layer`, by the production prefill, so that distances measured here are
 * the distances a request sees. Fails with the engine's problem for a prompt that it refuses, and
 * with `cancelled`.
 */
export const collectProbeStates = async (
  engine: Engine,
  probes: readonly ProbePrompt[],
  layer: number,
  { onProgress, signal }: Pick<EditingContext, "onProgress" | "signal">,
): Promise<Result<readonly ProbeState[]>> => {
  const states: ProbeState[] = [];
  for (const probe of probes) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const queried = await engine.query(probe.prompt, [layer]);
    if (!queried.ok) return fail(queried.problem);
    states.push({ probe, state: queried.value.get(layer)! });
    onProgress({ stage: "measuring distances", done: states.length, total: probes.length });
  }
  return ok(states);
};

/** The smallest distance from `key` to any of `states`; infinite where there are none. */
export const nearestDistance = (key: Float32Array, states: readonly Float32Array[]): number =>
  states.reduce((least, state) => Math.min(least, distanceBetween(key, state)), Number.POSITIVE_INFINITY);
