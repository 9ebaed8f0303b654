import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { distanceBetween } from "../linear-algebra/distance-between.ts";
import type { ProbeState } from "../probes/probe-states.ts";

/** What calibration says of one layer. */
export type LayerCalibration = NonNullable<PreparedModel["calibration"]>["layers"][number];

/** The quantiles that a calibration records. */
export const CALIBRATION_QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1] as const;

/** Share of hard negatives (the same phrasing with another subject) that a new entry's ball may hold. */
export const HARD_NEGATIVE_QUANTILE = 0.01;

/** The `share` quantile of ascending `sorted`, the nearest rank below. */
export const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/**
 * Measures how one layer's states at the last prompt token tell facts apart: distances between phrasings of
 * one fact, between the same phrasing of other subjects, and between unrelated prompts. The advised deferral
 * radius is the 1 % quantile of the second; of the third where nothing is known of what probes share; 0
 * where no two prompts of different facts have different states. `separation` is the share of rephrasings that lie nearer to a
 * prompt than every prompt of any other fact.
 */
export const calibrateLayer = (layer: number, states: readonly ProbeState[]): LayerCalibration => {
  const distances = { sameFact: [] as number[], sibling: [] as number[], unrelated: [] as number[] };
  let separated = 0;
  for (const [i, a] of states.entries()) {
    const own: number[] = [];
    let nearestForeign = Number.POSITIVE_INFINITY;
    for (const [j, b] of states.entries()) {
      if (i === j) continue;
      const distance = distanceBetween(a.state, b.state);
      const kind = relationship(a, b);
      if (kind === "sameFact") own.push(distance);
      else nearestForeign = Math.min(nearestForeign, distance);
      if (j > i && kind !== "otherPhrasing") distances[kind].push(distance);
    }
    separated += own.filter((distance) => distance < nearestForeign).length;
  }
  const sorted = {
    sameFact: Float64Array.from(distances.sameFact).sort(),
    sibling: Float64Array.from(distances.sibling).sort(),
    unrelated: Float64Array.from(distances.unrelated).sort(),
  };
  const negatives = sorted.sibling.length > 0 ? sorted.sibling : sorted.unrelated;
  const at = (values: Float64Array) => CALIBRATION_QUANTILES.map((share) => rounded(quantile(values, share)));
  return {
    layer,
    sameFact: at(sorted.sameFact),
    sibling: at(sorted.sibling),
    unrelated: at(sorted.unrelated),
    radius: advisedRadius(negatives),
    separation: rounded(separated / Math.max(1, 2 * sorted.sameFact.length)),
  };
};

/** The least radius: distances are kept in four decimals. */
const LEAST_RADIUS = 1e-4;

/** Prompts that end in one state, as equal ones do, say nothing of how near another may come. */
const advisedRadius = (sorted: Float64Array): number => {
  const apart = sorted.filter((distance) => distance > 0);
  return apart.length === 0 ? 0 : Math.max(LEAST_RADIUS, rounded(quantile(apart, HARD_NEGATIVE_QUANTILE)));
};

const relationship = ({ probe: a }: ProbeState, { probe: b }: ProbeState) => {
  if (a.relation !== b.relation) return "unrelated";
  if (a.subject === b.subject) return "sameFact";
  return a.phrasing === b.phrasing ? "sibling" : "otherPhrasing";
};

const rounded = (value: number): number => Number(value.toFixed(4));

/** The layer whose states separate facts best, for `model.json`. */
export const advisedLayer = (layers: readonly LayerCalibration[]): number =>
  layers.reduce((best, candidate) => (candidate.separation > best.separation ? candidate : best)).layer;
