import { canonicalJson } from "../canonical-json.ts";
import { kindOf, type Patch, type PatchRecord } from "../patch/patch.ts";
import type { Manifest } from "./manifest.ts";

/** A patch that is the same but for smaller balls: it made room for another. */
export interface NarrowedPatch {
  readonly id: string;
  /** Its id before; another where it came again with a hotfix. */
  readonly was: string;
  /** Null for kinds that act outside of the model. */
  readonly layer: number | null;
  /** How many of its keys have a smaller radius. */
  readonly keys: number;
  /** Radius of the key that lost most, before and after. */
  readonly before: number;
  readonly after: number;
}

/** Two records that may be one patch, narrowed. */
export interface RecordPair {
  readonly before: PatchRecord;
  readonly after: PatchRecord;
}

const editsOf = ({ edits }: PatchRecord, manifest: Manifest): string =>
  canonicalJson(edits.map((index) => manifest.edits[index]!));

/** Pairs of a removed and an added patch of a kind with balls that carry equal edits. */
export const pairsOfEqualEdits = (
  removed: readonly PatchRecord[],
  added: readonly PatchRecord[],
  before: Manifest,
  after: Manifest,
): readonly RecordPair[] => {
  const waiting = Map.groupBy(
    removed.filter((record) => kindOf(record).radii !== null),
    (record) => editsOf(record, before),
  );
  return added
    .filter((record) => kindOf(record).radii !== null)
    .flatMap((record) => {
      const partner = waiting.get(editsOf(record, after))?.shift();
      return partner === undefined ? [] : [{ before: partner, after: record }];
    });
};

/** What was narrowed between two patches; null where they differ otherwise, or a ball has grown, or none has shrunk. */
export const narrowedPatch = (old: Patch | undefined, next: Patch | undefined): NarrowedPatch | null => {
  if (old === undefined || next === undefined || old.kind !== next.kind) return null;
  const { radii } = kindOf(next);
  if (!radii?.sameButRadii(old, next)) return null;
  const [before, after] = [radii.of(old), radii.of(next)];
  const losses = Array.from(before, (radius, key) => radius - after[key]!);
  const most = Math.max(...losses);
  if (most <= 0 || losses.some((loss) => loss < 0)) return null;
  const key = losses.indexOf(most);
  return {
    id: next.id,
    was: old.id,
    layer: next.layer ?? null,
    keys: losses.filter((loss) => loss > 0).length,
    before: before[key]!,
    after: after[key]!,
  };
};
