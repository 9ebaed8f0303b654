import { distanceBetween } from "../linear-algebra/distance-between.ts";
import type { ProbePrompt } from "./probes.ts";

/** A probe prompt with its state at one layer's output at the last prompt token. */
export interface ProbeState {
  readonly probe: ProbePrompt;
  /** [d] */
  readonly state: Float32Array;
}

/** The smallest distance from `key` to any of `states`; infinite where there are none. */
export const nearestDistance = (key: Float32Array, states: readonly Float32Array[]): number =>
  states.reduce((least, state) => Math.min(least, distanceBetween(key, state)), Number.POSITIVE_INFINITY);
