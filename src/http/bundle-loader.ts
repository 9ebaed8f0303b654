import { verifyBundle } from "../core/bundle/verify-bundle.ts";
import type { Digest } from "../core/digest.ts";
import { composePatchSet } from "../core/patch/compose.ts";
import type { Patch } from "../core/patch/patch.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { EMPTY_PATCH_SET } from "../core/patch/patch-set.ts";
import type { Result } from "../core/result.ts";
import { ok } from "../core/result.ts";
import type { ModelRecord } from "../store/ports.ts";
import type { ServiceDependencies } from "./dependencies.ts";
import { LIMITS } from "./limits.ts";
import { SingleFlightCache } from "./single-flight-cache.ts";
import type { ValuesSource } from "./values-source.ts";
import { createValuesSource } from "./values-source.ts";

/** What a request is answered with besides the base model: verified, composed, shared between requests. */
export interface LoadedPatches {
  readonly patchSet: PatchSet;
  /** Number of patches attached. */
  readonly attached: number;
  /** The prompt of the first edit that a patch carries. */
  readonly promptOf: (patch: Patch) => string;
}

/** The bare model: nothing attached. */
export const NO_PATCHES: LoadedPatches = { patchSet: EMPTY_PATCH_SET, attached: 0, promptOf: () => "" };

/** Loads patch sets by bundle id and keeps them, so that a warm request reads nothing but a pointer. */
export class BundleLoader {
  readonly #dependencies: Pick<ServiceDependencies, "stores" | "trustedKeys">;
  readonly #cache = new SingleFlightCache<LoadedPatches>(
    LIMITS.patchSetCacheBytes,
    (loaded) => loaded.patchSet.bytes,
  );

  readonly #values: ValuesSource;

  constructor(dependencies: Pick<ServiceDependencies, "stores" | "trustedKeys">) {
    this.#dependencies = dependencies;
    this.#values = createValuesSource(dependencies.stores.blobs);
  }

  /**
   * The composed patches of a published bundle. The store is not believed: signatures, digests, base model,
   * shapes and numbers are checked again, and a bundle that fails any check serves no answer.
   *
   * @param keepAlive is handed a load that other requests may come to wait for
   */
  load(
    bundle: Digest,
    model: ModelRecord,
    keepAlive: (work: Promise<unknown>) => void,
  ): Promise<Result<LoadedPatches>> {
    return this.#cache.get(bundle, () => {
      const loading = this.#read(bundle, model);
      keepAlive(loading);
      return loading;
    });
  }

  async #read(bundle: Digest, model: ModelRecord): Promise<Result<LoadedPatches>> {
    const { stores, trustedKeys } = this.#dependencies;
    const found = await stores.bundles.find({ id: bundle });
    if (!found.ok) return found;
    const verified = await verifyBundle(
      {
        manifestBytes: found.value.manifestBytes,
        signatures: found.value.signatures,
        trustedKeys,
        model: model.model,
        getBlobs: (digests) => stores.blobs.getMany(digests),
      },
      this.#values,
    );
    if (!verified.ok) return verified;
    const { patches, manifest } = verified.value;
    const composed = composePatchSet(bundle, patches, model.model);
    if (!composed.ok) return composed;
    const promptOf = (patch: Patch): string => manifest.edits[patch.edits[0] ?? -1]?.prompt ?? "";
    return ok({ patchSet: composed.value, attached: patches.length, promptOf });
  }
}
