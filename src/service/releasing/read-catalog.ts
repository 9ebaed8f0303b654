import { verifyManifest } from "../../core/bundle/verify-bundle.ts";
import { type Digest, digestOf } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { catalogPatches, type PatchCatalog, type PatchSource } from "../../core/release/patch-catalog.ts";
import type { ServedPatchSet } from "../../core/release/served-patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { SignedManifest } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";

/** What reading a patch set's manifests needs. */
export type CatalogDependencies = Pick<ServiceDependencies, "stores" | "trustedKeys">;

const open = async (
  { id, manifestBytes, signatures }: SignedManifest,
  hotfix: Digest | null,
  { trustedKeys }: CatalogDependencies,
): Promise<Result<PatchSource>> => {
  const actual = await digestOf(manifestBytes);
  if (actual !== id)
    return fail(
      problem("corrupt_store", `The stored manifest ${id} hashes to ${actual}. Restore it from a backup.`),
    );
  const verified = await verifyManifest({ manifestBytes, signatures, trustedKeys });
  return verified.ok ? ok({ hotfix, manifest: verified.value.manifest }) : verified;
};

/**
 * The sources of a patch set: the manifest of its bundle, then those of its hotfixes. The store is not believed:
 * digests and signatures are checked again.
 *
 * Errors: `unknown_bundle`, `unknown_hotfix`, `corrupt_store`, and those of `verifyManifest`.
 */
export const readSources = async (
  dependencies: CatalogDependencies,
  { target, hotfixes }: ServedPatchSet,
): Promise<Result<readonly PatchSource[]>> => {
  const { stores } = dependencies;
  const [bundle, records] = await Promise.all([
    target === null ? null : stores.bundles.signed(target.bundle),
    stores.hotfixes.findMany(hotfixes),
  ]);
  if (bundle !== null && !bundle.ok) return bundle;
  if (!records.ok) return records;
  const own = bundle === null ? [] : [{ signed: bundle.value, hotfix: null }];
  const extra = records.value.map((signed) => ({ signed, hotfix: signed.id }));
  const sources: PatchSource[] = [];
  for (const { signed, hotfix } of [...own, ...extra]) {
    const source = await open(signed, hotfix, dependencies);
    if (!source.ok) return source;
    sources.push(source.value);
  }
  return ok(sources);
};

/** What a channel holds, attached or disabled. Errors: as `readSources`. */
export const readCatalog = async (
  dependencies: CatalogDependencies,
  set: ServedPatchSet,
): Promise<Result<PatchCatalog>> => {
  const sources = await readSources(dependencies, set);
  return sources.ok ? ok(catalogPatches(sources.value, set.disabled)) : sources;
};
