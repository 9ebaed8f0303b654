import { distanceBetween } from "../linear-algebra/distance-between.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import type { DraftEntry } from "./codebook-geometry.ts";

/** Probes by how near they come to an edge of the balls of `entries`, those inside one first. */
export const nearestProbes = (
  states: readonly ProbeState[],
  entries: readonly Pick<DraftEntry, "key" | "radius">[],
): readonly ProbePrompt[] =>
  states
    .map(({ probe, state }) => ({
      probe,
      gap: Math.min(...entries.map(({ key, radius }) => distanceBetween(key, state) - radius)),
    }))
    .sort((a, b) => a.gap - b.gap)
    .map(({ probe }) => probe);
