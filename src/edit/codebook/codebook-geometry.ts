import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { distanceBetween } from "../linear-algebra/distance-between.ts";

/** An entry while a codebook is being written; `radius` shrinks or grows as others come. */
export interface DraftEntry {
  /** The edit this key belongs to: an index into the edits of the bundle. */
  readonly edit: number;
  readonly key: Float32Array;
  /** Exact token ids of the target, the end of the answer included: the label that expand and split compare. */
  readonly targets: readonly number[];
  radius: number;
}

/** How much a split ball stays short of half the distance, so that no point lies in two balls. */
const SPLIT_MARGIN = 1e-5;

/**
 * How far apart two runtimes may see the state of one prompt, with a wide reserve: the native one computes keys,
 * the WebAssembly one consults them. A smaller radius could miss its own prompt.
 */
export const SMALLEST_RADIUS = 0.01;

/** Two keys nearer than this cannot be told apart: their balls cannot shrink far enough. */
export const SAME_KEY = 2 * SMALLEST_RADIUS + 2 * SPLIT_MARGIN;

/** Whether two targets are the same answer, token for token. */
export const sameTargets = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** Whether keys at this distance from each other cannot be told apart. */
export const areOneKey = (distance: number): boolean => distance < SAME_KEY;

/** GRACE's split: both balls end short of half the distance of their keys, and neither grows. */
export const splitBalls = (entry: DraftEntry, other: DraftEntry, distance: number): void => {
  const half = distance / 2 - SPLIT_MARGIN;
  entry.radius = Math.min(entry.radius, half);
  other.radius = Math.min(other.radius, half);
};

const conflict = (): Problem =>
  problem("edit_conflict", "Two edits give the same prompt different targets; keep one of them.");

/** What `insertEntry` did with a key. */
export type Insertion = "added" | "expanded" | "covered" | "split";

/**
 * Writes `candidate` into `entries` by GRACE's rules (Hartvigsen et al. 2023, section 3; methods.md section 7.4):
 *
 * - *expand*, where `mergeKeys` asks for it: a key whose ball overlaps the nearest ball of its own edit grows
 *   that ball to cover it and adds no entry; without `mergeKeys` each key keeps a ball of its own, and the
 *   edit's region is their union;
 * - *split*: wherever balls of different targets overlap, each ends short of half the distance, so neither
 *   grows (the published rule could enlarge the old one) and third keys are respected;
 * - otherwise the key is added.
 *
 * Labels are compared as exact token ids. Fails with `edit_conflict` where the same key has another target.
 */
export const insertEntry = (
  entries: DraftEntry[],
  candidate: DraftEntry,
  mergeKeys: boolean,
): Result<Insertion> => {
  const distances = entries.map((entry) => distanceBetween(entry.key, candidate.key));
  const foreign = entries.flatMap((entry, i) =>
    sameTargets(entry.targets, candidate.targets) ? [] : [{ entry, distance: distances[i]! }],
  );
  if (foreign.some(({ distance }) => areOneKey(distance))) return fail(conflict());
  if (mergeKeys) {
    const merged = mergeIntoNearest(entries, distances, candidate);
    if (merged !== undefined) return ok(merged);
  }
  const overlapping = foreign.filter(({ entry, distance }) => distance <= entry.radius + candidate.radius);
  for (const { entry, distance } of overlapping) splitBalls(candidate, entry, distance);
  entries.push(candidate);
  return ok(overlapping.length > 0 ? "split" : "added");
};

const mergeIntoNearest = (
  entries: readonly DraftEntry[],
  distances: readonly number[],
  candidate: DraftEntry,
): Insertion | undefined => {
  const own = entries
    .map((entry, i) => ({ entry, distance: distances[i]! }))
    .filter(({ entry }) => entry.edit === candidate.edit && sameTargets(entry.targets, candidate.targets))
    .sort((a, b) => a.distance - b.distance)[0];
  if (!own || own.distance > own.entry.radius + candidate.radius) return undefined;
  if (own.distance <= own.entry.radius) return "covered";
  const limit = foreignLimit(entries, own.entry);
  if (own.distance > limit) return undefined;
  own.entry.radius = own.distance;
  return "expanded";
};

/** The largest radius `entry` may have before its ball meets that of a key with another target. */
const foreignLimit = (entries: readonly DraftEntry[], entry: DraftEntry): number =>
  Math.min(
    ...entries
      .filter((other) => !sameTargets(other.targets, entry.targets))
      .map((other) => distanceBetween(other.key, entry.key) - other.radius - SPLIT_MARGIN),
    Number.POSITIVE_INFINITY,
  );
