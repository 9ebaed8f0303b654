import type { Manifest } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { Edit } from "../edit/edit.ts";
import type { PatchRecord } from "../patch/patch.ts";
import { inOneGroup } from "../patch/patch-group.ts";
import type { ServedPatchSet } from "./served-patch-set.ts";

/** Where patches come from: the bundle of a patch set (`hotfix` null), or one of its hotfixes. */
export interface PatchSource {
  readonly hotfix: Digest | null;
  readonly manifest: Manifest;
}

/** One patch that a channel holds, attached or disabled. */
export interface CatalogPatch {
  readonly record: PatchRecord;
  /** The edits that it carries. */
  readonly edits: readonly Edit[];
  /** Index of its source in the catalog's `sources`. */
  readonly source: number;
  /** The hotfix it came with; null where it is the bundle's. */
  readonly hotfix: Digest | null;
  readonly enabled: boolean;
}

/** What a channel holds: its sources, the bundle first and then the hotfixes in order, and their patches by id. */
export interface PatchCatalog {
  readonly sources: readonly PatchSource[];
  readonly patches: ReadonlyMap<string, CatalogPatch>;
}

/**
 * Lists the patches of a patch set. An id means one patch: where a hotfix holds one that the bundle or an earlier
 * hotfix has too, the first stands, as a release already decided between them.
 */
export const catalogPatches = (
  sources: readonly PatchSource[],
  disabled: ServedPatchSet["disabled"],
): PatchCatalog => {
  const off = new Set(disabled);
  const patches = new Map<string, CatalogPatch>();
  for (const [source, { hotfix, manifest }] of sources.entries())
    for (const record of manifest.patches.filter(({ id }) => !patches.has(id))) {
      const edits = record.edits.map((index) => manifest.edits[index]!);
      patches.set(record.id, { record, edits, source, hotfix, enabled: !off.has(record.id) });
    }
  return { sources, patches };
};

/** The patches that were solved with `patch` over several blocks, itself among them: they act together or not at all. */
export const groupOf = ({ patches }: PatchCatalog, patch: CatalogPatch): readonly CatalogPatch[] =>
  [...patches.values()].filter(
    ({ source, record }) => source === patch.source && inOneGroup(record, patch.record),
  );

/** The patches that are attached, the bundle's first. */
export const attachedPatches = ({ patches }: PatchCatalog): readonly CatalogPatch[] =>
  [...patches.values()].filter(({ enabled }) => enabled);

/** The sources with only the patches that are attached, in the catalog's order: what a loader must open. */
export const attachedSources = (catalog: PatchCatalog): readonly PatchSource[] =>
  catalog.sources.map(({ hotfix, manifest }, index) => ({
    hotfix,
    manifest: {
      ...manifest,
      patches: manifest.patches.filter(({ id }) => {
        const patch = catalog.patches.get(id)!;
        return patch.enabled && patch.source === index;
      }),
    },
  }));

/** One source's attached patches with only the edits that they carry, indices moved by `offset`. */
const compactSource = ({ edits, patches }: Manifest, offset: number): Pick<Manifest, "edits" | "patches"> => {
  const used = [...new Set(patches.flatMap((patch) => patch.edits))].sort((left, right) => left - right);
  const places = new Map(used.map((index, place) => [index, offset + place]));
  return {
    edits: used.map((index) => edits[index]!),
    patches: patches.map((patch) => ({ ...patch, edits: patch.edits.map((index) => places.get(index)!) })),
  };
};

/**
 * Everything that is attached as one manifest, with the edits that it needs; what else a manifest says is the first
 * source's. Null where nothing is attached.
 */
export const attachedManifest = (catalog: PatchCatalog): Manifest | null => {
  const first = catalog.sources[0]?.manifest;
  if (first === undefined || attachedPatches(catalog).length === 0) return null;
  const edits: Manifest["edits"] = [];
  const patches: Manifest["patches"] = [];
  for (const { manifest } of attachedSources(catalog)) {
    const part = compactSource(manifest, edits.length);
    edits.push(...part.edits);
    patches.push(...part.patches);
  }
  return { ...first, edits, patches };
};
