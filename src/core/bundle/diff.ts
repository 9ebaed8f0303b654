import { canonicalJson } from "../canonical-json.ts";
import type { Edit } from "../edit/edit.ts";
import {
  kindOf,
  PATCH_KIND_NAMES,
  type Patch,
  type PatchKindName,
  type PatchRecord,
} from "../patch/patch.ts";
import { patchBytes, recordContent } from "../patch/patch-record.ts";
import type { Manifest } from "./manifest.ts";
import { type NarrowedPatch, narrowedPatch, pairsOfEqualEdits, type RecordPair } from "./narrowed-patches.ts";

/** One side of a comparison; null instead of a side is `none`, the bare model. `patches` adds the norms. */
export interface DiffSide {
  readonly manifest: Manifest;
  readonly patches?: readonly Patch[];
}

/** An edit that both sides hold under one name, with different content. */
export interface ChangedEdit {
  readonly before: Edit;
  readonly after: Edit;
}

/** A patch that both sides hold under one id, with other tensors or another place. */
export interface ChangedPatch {
  readonly id: string;
  readonly kind: PatchKindName;
  /** Null for kinds that act outside of the model. */
  readonly layer: number | null;
  /** Euclidean norm of what the patch adds or injects, after minus before; null without tensors of both sides. */
  readonly normDelta: number | null;
}

/** How two bundles differ in what they mean; no differences, all lists empty and all numbers 0. */
export interface BundleDiff {
  readonly edits: {
    readonly added: readonly Edit[];
    readonly removed: readonly Edit[];
    readonly changed: readonly ChangedEdit[];
  };
  readonly patches: {
    readonly added: readonly PatchRecord[];
    readonly removed: readonly PatchRecord[];
    readonly changed: readonly ChangedPatch[];
    /** Patches that only have smaller balls than before; told from others by the tensors of both sides. */
    readonly narrowed: readonly NarrowedPatch[];
  };
  /** Number of patches of each kind, after minus before; kinds without a difference are left out. */
  readonly kinds: Readonly<Partial<Record<PatchKindName, number>>>;
  /** Layers with an added, removed or changed patch, ascending. */
  readonly layers: readonly number[];
  /** Bytes of all patch blobs, after minus before. */
  readonly bytes: number;
  /** Settings that differ (`method`, `seed`, `model`, each hyper-parameter), as texts; null where a side has none. */
  readonly settings: Readonly<
    Record<string, { readonly before: string | null; readonly after: string | null }>
  >;
}

/** What names an edit across bundles: its id, or else its prompt. */
const editKey = (edit: Edit): string => (edit.id === undefined ? `prompt ${edit.prompt}` : `id ${edit.id}`);

interface Split<Item> {
  readonly added: Item[];
  readonly removed: Item[];
  readonly common: { readonly before: Item; readonly after: Item }[];
}

/** Pairs two lists by key; the n-th item with a key pairs with the n-th of the other side. */
const split = <Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Split<Item> => {
  const waiting = new Map<string, Item[]>();
  for (const item of before) waiting.set(keyOf(item), [...(waiting.get(keyOf(item)) ?? []), item]);
  const added: Item[] = [];
  const common: { before: Item; after: Item }[] = [];
  for (const item of after) {
    const partner = waiting.get(keyOf(item))?.shift();
    if (partner === undefined) added.push(item);
    else common.push({ before: partner, after: item });
  }
  return { added, removed: [...waiting.values()].flat(), common };
};

/** What acts, and under which name: not the indices of its edits, which move when others come and go. */
const substance = (record: PatchRecord): string => `${record.id} ${recordContent(record)}`;

const normDelta = (id: string, before: DiffSide | null, after: DiffSide | null): number | null => {
  const old = before?.patches?.find((patch) => patch.id === id);
  const next = after?.patches?.find((patch) => patch.id === id);
  return old === undefined || next === undefined ? null : kindOf(next).norm(next) - kindOf(old).norm(old);
};

const diffKinds = (before: readonly PatchRecord[], after: readonly PatchRecord[]): BundleDiff["kinds"] => {
  const count = (records: readonly PatchRecord[], kind: PatchKindName): number =>
    records.filter((record) => record.kind === kind).length;
  return Object.fromEntries(
    PATCH_KIND_NAMES.map((kind) => [kind, count(after, kind) - count(before, kind)] as const).filter(
      ([, delta]) => delta !== 0,
    ),
  );
};

const settingsOf = (manifest: Manifest | undefined): ReadonlyMap<string, string> =>
  new Map(
    manifest === undefined
      ? []
      : [
          ["method", manifest.method],
          ["seed", String(manifest.seed)],
          ["model", manifest.model.digest],
          ...Object.entries(manifest.parameters).map(([name, value]): [string, string] => [
            `parameters.${name}`,
            value,
          ]),
        ],
  );

const diffSettings = (before: Manifest | undefined, after: Manifest | undefined): BundleDiff["settings"] => {
  const [old, next] = [settingsOf(before), settingsOf(after)];
  const names = [...new Set([...old.keys(), ...next.keys()])].sort();
  return Object.fromEntries(
    names
      .filter((name) => old.get(name) !== next.get(name))
      .map((name) => [name, { before: old.get(name) ?? null, after: next.get(name) ?? null }]),
  );
};

const totalBytes = (records: readonly PatchRecord[]): number =>
  records.reduce((sum, record) => sum + patchBytes(record), 0);

const splitPatches = (before: DiffSide | null, after: DiffSide | null) => {
  const patches = split(before?.manifest.patches ?? [], after?.manifest.patches ?? [], ({ id }) => id);
  const moved = patches.common.filter((pair) => substance(pair.before) !== substance(pair.after));
  const renamed =
    before === null || after === null
      ? []
      : pairsOfEqualEdits(patches.removed, patches.added, before.manifest, after.manifest);
  return { ...patches, moved, renamed };
};

/** Patches whose tensors a comparison needs of both sides: those that changed, or may have been narrowed. */
export const pairsToCompare = (before: DiffSide | null, after: DiffSide | null): readonly RecordPair[] => {
  const { moved, renamed } = splitPatches(before, after);
  return [...moved, ...renamed];
};

const patchOf = (side: DiffSide | null, { id }: PatchRecord): Patch | undefined =>
  side?.patches?.find((patch) => patch.id === id);

/**
 * Compares two bundles by meaning: edits by name (id, or prompt where they have none), patches by id. Two bundles
 * with equal content have an empty diff whatever their ids, parents and reports.
 */
export const diffBundles = (before: DiffSide | null, after: DiffSide | null): BundleDiff => {
  const edits = split(before?.manifest.edits ?? [], after?.manifest.edits ?? [], editKey);
  const [oldRecords, newRecords] = [before?.manifest.patches ?? [], after?.manifest.patches ?? []];
  const patches = splitPatches(before, after);
  const { moved, renamed } = patches;
  const narrowed = [...moved, ...renamed].flatMap(
    (pair) => narrowedPatch(patchOf(before, pair.before), patchOf(after, pair.after)) ?? [],
  );
  const [came, went] = [new Set(narrowed.map(({ id }) => id)), new Set(narrowed.map(({ was }) => was))];
  const touched = [
    ...patches.added,
    ...patches.removed,
    ...moved.flatMap((pair) => [pair.before, pair.after]),
  ];
  return {
    edits: {
      added: edits.added,
      removed: edits.removed,
      changed: edits.common.filter((pair) => canonicalJson(pair.before) !== canonicalJson(pair.after)),
    },
    patches: {
      added: patches.added.filter(({ id }) => !came.has(id)),
      removed: patches.removed.filter(({ id }) => !went.has(id)),
      changed: moved
        .filter((pair) => !came.has(pair.after.id))
        .map(({ after: record }) => ({
          id: record.id,
          kind: record.kind,
          layer: record.layer ?? null,
          normDelta: normDelta(record.id, before, after),
        })),
      narrowed,
    },
    kinds: diffKinds(oldRecords, newRecords),
    layers: [...new Set(touched.flatMap(({ layer }) => layer ?? []))].sort((left, right) => left - right),
    bytes: totalBytes(newRecords) - totalBytes(oldRecords),
    settings: diffSettings(before?.manifest, after?.manifest),
  };
};
