import { openPatches, type PatchReuse } from "../../core/bundle/verify-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import { composePatchSet } from "../../core/patch/compose.ts";
import { kindOf, type Patch } from "../../core/patch/patch.ts";
import { recordContent } from "../../core/patch/patch-record.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { attachedSources, type PatchCatalog, type PatchSource } from "../../core/release/patch-catalog.ts";
import type { ServedPatchSet } from "../../core/release/served-patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ModelRecord } from "../../store/ports.ts";
import { type CatalogDependencies, readCatalog } from "../releasing/read-catalog.ts";
import { ISOLATE_LIMITS } from "./limits.ts";
import { SingleFlightCache } from "./single-flight-cache.ts";
import { createValuesSource, type ValuesSource } from "./values-source.ts";

/** Where an attached patch comes from. */
export interface PatchOrigin {
  /** The prompt of the first edit that the patch carries. */
  readonly prompt: string;
  /** The hotfix it came with; null where it is the bundle's. */
  readonly hotfix: Digest | null;
}

/** What a request is answered with besides the base model: verified, composed, shared between requests. */
export interface LoadedPatches {
  readonly patchSet: PatchSet;
  /** Number of patches attached. */
  readonly attached: number;
  /** How many of them act on every answer, at every position, as low-rank ones do. */
  readonly everywhere: number;
  readonly originOf: (patch: Patch) => PatchOrigin;
  /** Every attached patch by what it was opened from, for the sets loaded after this one. */
  readonly opened: ReadonlyMap<string, Patch>;
}

const UNKNOWN_ORIGIN: PatchOrigin = { prompt: "", hotfix: null };

/** The bare model: nothing attached. */
export const NO_PATCHES: LoadedPatches = {
  patchSet: EMPTY_PATCH_SET,
  attached: 0,
  everywhere: 0,
  originOf: () => UNKNOWN_ORIGIN,
  opened: new Map(),
};

/** The patches of one source, and where each comes from. */
interface OpenedSource {
  readonly source: PatchSource;
  readonly patches: readonly Patch[];
}

const originsOf = (sources: readonly OpenedSource[]): ReadonlyMap<Patch, PatchOrigin> =>
  new Map(
    sources.flatMap(({ source, patches }) =>
      patches.map((patch): [Patch, PatchOrigin] => {
        const prompt = source.manifest.edits[patch.edits[0] ?? -1]?.prompt ?? "";
        return [patch, { prompt, hotfix: source.hotfix }];
      }),
    ),
  );

const openedOf = (sources: readonly OpenedSource[]): ReadonlyMap<string, Patch> =>
  new Map(
    sources.flatMap(({ source, patches }) =>
      source.manifest.patches.map((record, index): [string, Patch] => [
        recordContent(record),
        patches[index]!,
      ]),
    ),
  );

const compose = (
  digest: string,
  sources: readonly OpenedSource[],
  { model }: ModelRecord,
): Result<LoadedPatches> => {
  const patches = sources.flatMap((source) => source.patches);
  const composed = composePatchSet(digest, patches, model);
  if (!composed.ok) return composed;
  const origins = originsOf(sources);
  return ok({
    patchSet: composed.value,
    attached: patches.length,
    everywhere: patches.filter((patch) => kindOf(patch).everywhere).length,
    originOf: (patch) => origins.get(patch) ?? UNKNOWN_ORIGIN,
    opened: openedOf(sources),
  });
};

/**
 * Loads patch sets by digest and keeps them, so that a warm request reads nothing but a pointer. A set that is not
 * kept yet takes the patches it shares with kept ones from them and reads only the others.
 */
export class PatchSetLoader {
  readonly #dependencies: CatalogDependencies;
  readonly #cache = new SingleFlightCache<LoadedPatches>(
    ISOLATE_LIMITS.patchSetCacheBytes,
    (loaded) => loaded.patchSet.bytes,
  );

  readonly #values: ValuesSource;

  constructor(dependencies: CatalogDependencies) {
    this.#dependencies = dependencies;
    this.#values = createValuesSource(dependencies.stores.blobs);
  }

  /**
   * The composed patches of a patch set. The store is not believed: signatures, digests, base model, shapes and
   * numbers are checked again, and a bundle or hotfix that fails any check serves no answer.
   *
   * @param digest `patchSetDigest` of `set`
   * @param keepAlive is handed a load that other requests may come to wait for
   */
  load(
    set: ServedPatchSet,
    digest: string,
    model: ModelRecord,
    keepAlive: (work: Promise<unknown>) => void,
  ): Promise<Result<LoadedPatches>> {
    return this.#cache.get(digest, () => {
      const loading = this.#read(set, digest, model);
      keepAlive(loading);
      return loading;
    });
  }

  async #read(set: ServedPatchSet, digest: string, model: ModelRecord): Promise<Result<LoadedPatches>> {
    const catalog = await readCatalog(this.#dependencies, set);
    if (!catalog.ok) return catalog;
    const opened = await this.#open(catalog.value, model);
    return opened.ok ? compose(digest, opened.value, model) : opened;
  }

  async #open(catalog: PatchCatalog, { model }: ModelRecord): Promise<Result<readonly OpenedSource[]>> {
    const { blobs } = this.#dependencies.stores;
    const reuse = this.#reuse();
    const opened: OpenedSource[] = [];
    for (const source of attachedSources(catalog)) {
      const getBlobs = (digests: readonly Digest[]) => blobs.getMany(digests);
      const readValues = this.#values.readerFor(source.manifest);
      const patches = await openPatches(source.manifest, model, getBlobs, { readValues, reuse });
      if (!patches.ok) return patches;
      opened.push({ source, patches: patches.value });
    }
    return ok(opened);
  }

  /** The patches of the sets kept now: they are in memory anyway, so that sharing them costs none. */
  #reuse(): PatchReuse {
    const kept = [...this.#cache.values()].map(({ opened }) => opened);
    return (record) => {
      if (kept.length === 0) return undefined;
      const key = recordContent(record);
      return kept.find((patches) => patches.has(key))?.get(key);
    };
  }
}
