import { distanceBetween } from "../linear-algebra/distance-between.ts";
import { SAME_KEY } from "./codebook-geometry.ts";

/** A ball in the space of a layer's states. */
interface Ball {
  /** [d] */
  readonly key: Float32Array;
  readonly radius: number;
}

/** Landmarks whose distances rule most pairs out; more would cost more than they save. */
const LANDMARKS = 4;

/** What rounding may add to the difference of two distances. */
const ROUNDING = 1e-6;

/** A pair of indices, the smaller first, and how far the keys are apart. */
type NearPair = readonly [first: number, second: number, distance: number];

/** Keys far from each other: the first, then each time the one farthest from all before. */
const chooseLandmarks = (balls: readonly Ball[]): readonly Float64Array[] => {
  const nearest = new Float64Array(balls.length).fill(Number.POSITIVE_INFINITY);
  const landmarks: Float64Array[] = [];
  let next = 0;
  while (landmarks.length < Math.min(LANDMARKS, balls.length)) {
    const distances = Float64Array.from(balls, ({ key }) => distanceBetween(balls[next]!.key, key));
    landmarks.push(distances);
    for (let i = 0; i < nearest.length; i++) nearest[i] = Math.min(nearest[i]!, distances[i]!);
    next = nearest.indexOf(nearest.reduce((most, distance) => Math.max(most, distance), 0));
  }
  return landmarks;
};

/**
 * Pairs of balls that meet, or whose keys cannot be told apart, among those that `compared` names; the nearest
 * first. By the triangle inequality two keys are at least as far apart as their distances from any third differ, so
 * a sweep along the distances from one landmark looks at few pairs, and three more landmarks rule out most of those.
 */
export const findNearPairs = (
  balls: readonly Ball[],
  compared: (first: number, second: number) => boolean,
): readonly NearPair[] => {
  if (balls.length < 2) return [];
  const [along, ...others] = chooseLandmarks(balls) as [Float64Array, ...Float64Array[]];
  const order = Array.from(balls.keys()).sort((a, b) => along[a]! - along[b]!);
  const largest = balls.reduce((most, { radius }) => Math.max(most, radius), 0);
  const pairs: NearPair[] = [];
  for (const [place, a] of order.entries()) {
    const widest = Math.max(balls[a]!.radius + largest, SAME_KEY);
    for (let next = place + 1; next < order.length; next++) {
      const b = order[next]!;
      if (along[b]! - along[a]! > widest + ROUNDING) break;
      const reach = Math.max(balls[a]!.radius + balls[b]!.radius, SAME_KEY);
      if (others.some((landmark) => Math.abs(landmark[a]! - landmark[b]!) > reach + ROUNDING)) continue;
      if (!compared(a, b)) continue;
      const distance = distanceBetween(balls[a]!.key, balls[b]!.key);
      if (distance <= reach) pairs.push(a < b ? [a, b, distance] : [b, a, distance]);
    }
  }
  return pairs.sort((x, y) => x[2] - y[2] || x[0] - y[0] || x[1] - y[1]);
};
