import { type CodebookPatch, isCodebook } from "../../core/patch/kinds/codebook.ts";
import { kindOf, type Patch } from "../../core/patch/patch.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { areOneKey, type DraftEntry, splitBalls } from "./codebook-geometry.ts";
import { toEntries } from "./codebook-patches.ts";
import { findNearPairs } from "./near-pairs.ts";

/** A ball that became smaller, and the one it had to make room for. */
export interface ShrunkBall {
  readonly layer: number;
  /** Ids of the patches; the entry is counted within its patch. */
  readonly patch: string;
  readonly entry: number;
  readonly other: string;
  /** Between the two keys. */
  readonly distance: number;
  readonly before: number;
  readonly after: number;
}

/** Patches whose codebooks answer every state with one target. */
export interface SeparatedCodebooks {
  readonly patches: readonly Patch[];
  /** One for each ball that shrank: beside the neighbour that narrowed it most. */
  readonly shrunk: readonly ShrunkBall[];
}

/** An entry, and where it came from. */
interface PlacedEntry extends DraftEntry {
  readonly patch: CodebookPatch;
  readonly row: number;
}

const placedEntries = (patches: readonly CodebookPatch[]): readonly PlacedEntry[] =>
  patches.flatMap((patch) =>
    toEntries(patch, 0).map(({ edit, key, targets, radius }, row) => ({
      edit,
      key,
      targets,
      radius,
      patch,
      row,
    })),
  );

const sameKey = (layer: number, { patch: a }: PlacedEntry, { patch: b }: PlacedEntry) =>
  problem(
    "edit_conflict",
    `Patches "${a.id}" and "${b.id}" have one key in the codebook of block ${layer} and different targets: their ` +
      "prompts are the same to the model. Keep one of them.",
    { param: "patches", detail: { layer, patches: [a.id, b.id] } },
  );

const separateLayer = (layer: number, entries: readonly PlacedEntry[]): Result<readonly ShrunkBall[]> => {
  const labels = entries.map(({ targets }) => targets.join());
  const meeting = findNearPairs(entries, (a, b) => labels[a] !== labels[b]);
  const shrunk = new Map<PlacedEntry, ShrunkBall>();
  const note = (entry: PlacedEntry, other: PlacedEntry, distance: number, before: number) => {
    if (entry.radius === before) return;
    const first = shrunk.get(entry)?.before ?? before;
    const names = { patch: entry.patch.id, entry: entry.row, other: other.patch.id };
    shrunk.set(entry, { layer, ...names, distance, before: first, after: entry.radius });
  };
  for (const [first, second, distance] of meeting) {
    const [a, b] = [entries[first]!, entries[second]!];
    if (areOneKey(distance)) return fail(sameKey(layer, a, b));
    if (distance > a.radius + b.radius) continue;
    const before = [a.radius, b.radius] as const;
    splitBalls(a, b, distance);
    note(a, b, distance, before[0]);
    note(b, a, distance, before[1]);
  }
  return ok([...shrunk.values()]);
};

/**
 * Shrinks codebook balls of different targets that overlap on one layer, each short of half the distance of their
 * keys, by GRACE's rule for a split (`insertEntry`); the nearest pairs first, so that the order of the patches plays
 * no part. Patches of other kinds, and balls that overlap none, stay as they are.
 *
 * Errors: `edit_conflict`, naming both patches, where keys with different targets cannot be told apart.
 */
export const separateCodebooks = (patches: readonly Patch[]): Result<SeparatedCodebooks> => {
  const codebooks = patches.filter(isCodebook);
  const radii = new Map<CodebookPatch, Float32Array>();
  const shrunk: ShrunkBall[] = [];
  for (const [layer, group] of Map.groupBy(codebooks, (patch) => patch.layer)) {
    const entries = placedEntries(group);
    const separated = separateLayer(layer, entries);
    if (!separated.ok) return separated;
    shrunk.push(...separated.value);
    const narrowed = new Set(separated.value.map(({ patch }) => patch));
    for (const [patch, own] of Map.groupBy(entries, (entry) => entry.patch))
      if (narrowed.has(patch.id))
        radii.set(
          patch,
          Float32Array.from(own, ({ radius }) => radius),
        );
  }
  return ok({
    patches: patches.map((patch) => {
      const own = isCodebook(patch) ? radii.get(patch) : undefined;
      return own === undefined ? patch : kindOf(patch).radii!.with(patch, own);
    }),
    shrunk,
  });
};
