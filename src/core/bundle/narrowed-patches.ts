import { residentValues } from "../patch/chain-values.ts";
import type { CodebookPatch, Patch } from "../patch/patch.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Manifest, PatchRecord } from "./manifest.ts";

/** A codebook patch that is the same but for smaller balls: it made room for another entry. */
export interface NarrowedPatch {
  readonly id: string;
  /** Its id before; another where it came again with a hotfix. */
  readonly was: string;
  readonly layer: number;
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

/** Pairs of a removed and an added codebook patch that carry equal edits. */
export const pairsOfEqualEdits = (
  removed: readonly PatchRecord[],
  added: readonly PatchRecord[],
  before: Manifest,
  after: Manifest,
): readonly RecordPair[] => {
  const waiting = Map.groupBy(
    removed.filter(({ kind }) => kind === "codebook"),
    (record) => editsOf(record, before),
  );
  return added
    .filter(({ kind }) => kind === "codebook")
    .flatMap((record) => {
      const partner = waiting.get(editsOf(record, after))?.shift();
      return partner === undefined ? [] : [{ before: partner, after: record }];
    });
};

const equal = (left: ArrayLike<number>, right: ArrayLike<number>): boolean =>
  left.length === right.length && Array.prototype.every.call(left, (value, place) => value === right[place]);

const sameButRadii = (old: CodebookPatch, next: CodebookPatch): boolean =>
  old.layer === next.layer &&
  old.replace === next.replace &&
  (["keys", "chains", "targets"] as const).every((name) =>
    equal(old.tensors[name].data, next.tensors[name].data),
  ) &&
  equal(residentValues(old.values).data, residentValues(next.values).data);

/** What was narrowed between two patches; null where they differ otherwise, or a ball has grown, or none has shrunk. */
export const narrowedPatch = (old: Patch | undefined, next: Patch | undefined): NarrowedPatch | null => {
  if (old?.kind !== "codebook" || next?.kind !== "codebook" || !sameButRadii(old, next)) return null;
  const [before, after] = [old.tensors.radii.data, next.tensors.radii.data];
  const losses = Array.from(before, (radius, key) => radius - after[key]!);
  const most = Math.max(...losses);
  if (most <= 0 || losses.some((loss) => loss < 0)) return null;
  const key = losses.indexOf(most);
  return {
    id: next.id,
    was: old.id,
    layer: next.layer,
    keys: losses.filter((loss) => loss > 0).length,
    before: before[key]!,
    after: after[key]!,
  };
};
