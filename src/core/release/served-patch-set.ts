import { canonicalJson } from "../canonical-json.ts";
import { type Digest, digestOfText } from "../digest.ts";

/** A published bundle as a channel points to it. */
export interface ReleaseTarget {
  readonly bundle: Digest;
  /** The number the service gave the bundle among its model's bundles: 1, 2, 3, ... */
  readonly version: number;
}

/** What a channel serves: one bundle, plus its hotfixes, minus its disabled patches. */
export interface ServedPatchSet {
  /** The bundle; null is `none`. */
  readonly target: ReleaseTarget | null;
  /** Ids of the hotfixes on top of it, oldest first. */
  readonly hotfixes: readonly Digest[];
  /** Ids of the patches, of the bundle or of a hotfix, that are not attached; ascending, each once. */
  readonly disabled: readonly string[];
}

/** The bare model: nothing attached. */
export const BARE_MODEL: ServedPatchSet = { target: null, hotfixes: [], disabled: [] };

/** The set that is a bundle and nothing else; null is the bare model. */
export const setOfTarget = (target: ReleaseTarget | null): ServedPatchSet => ({ ...BARE_MODEL, target });

/** What of a set goes into hashes: the version is only a name, and absent lists are left out. */
export const patchSetValue = ({ target, hotfixes, disabled }: ServedPatchSet) => ({
  bundle: target?.bundle ?? null,
  ...(hotfixes.length > 0 && { hotfixes: [...hotfixes] }),
  ...(disabled.length > 0 && { disabled: [...disabled] }),
});

/** A text that two sets share exactly where they are the same. */
export const patchSetKey = (set: ServedPatchSet): string => canonicalJson(patchSetValue(set));

/** Whether two sets are the same. */
export const samePatchSet = (left: ServedPatchSet, right: ServedPatchSet): boolean =>
  patchSetKey(left) === patchSetKey(right);

/**
 * The digest that names a patch set: `none` for the bare model, the bundle's id for a bundle and nothing else, and
 * otherwise the sha256 of the canonical JSON of bundle, hotfixes and disabled patches.
 */
export const patchSetDigest = async (set: ServedPatchSet): Promise<string> => {
  if (set.hotfixes.length > 0 || set.disabled.length > 0) return digestOfText(patchSetKey(set));
  return set.target?.bundle ?? "none";
};
