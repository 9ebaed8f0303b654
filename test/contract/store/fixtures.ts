import type { BundleParts } from "../../../src/core/bundle/build-bundle.ts";
import type { BundleToPublish, Stores } from "../../../src/store/ports.ts";
import { sampleBundle } from "../../core/support/sample-bundle.ts";
import { sampleModel } from "../../core/support/sample-model.ts";

/** Opens stores that hold nothing. */
export type OpenStores = () => Promise<Stores>;

/** A time of the tests; `second` orders several. */
export const time = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** Builds a bundle, told apart from others by its seed, and stores its patch blobs. */
export const storedBundle = async (
  stores: Stores,
  seed: number,
  parts: Partial<BundleParts> = {},
): Promise<BundleToPublish> => {
  const bundle = await sampleBundle({ seed, ...parts });
  for (const [digest, bytes] of bundle.blobs) {
    const stored = await stores.blobs.put(digest, bytes);
    if (!stored.ok) throw new Error(stored.problem.message);
  }
  const { id, manifest, manifestBytes, report } = bundle;
  const signatures = [{ keyId: "0123456789abcdef", signature: `${"A".repeat(86)}==` }];
  return {
    id,
    manifest,
    manifestBytes,
    report,
    signatures,
    publishedAt: time(seed),
    publishedBy: "operator",
  };
};

/** Registers the sample model and publishes bundles with the given seeds, as versions 1, 2, 3, ... */
export const publishSamples = async (
  stores: Stores,
  seeds: readonly number[],
): Promise<BundleToPublish[]> => {
  await stores.models.register(await sampleModel(), time(0));
  const bundles: BundleToPublish[] = [];
  for (const seed of seeds) {
    const bundle = await storedBundle(stores, seed);
    const published = await stores.bundles.publish(bundle);
    if (!published.ok) throw new Error(published.problem.message);
    bundles.push(bundle);
  }
  return bundles;
};
