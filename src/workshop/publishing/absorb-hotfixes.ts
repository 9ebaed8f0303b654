import type { WireChannel } from "../../client/client.ts";
import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import type { Manifest } from "../../core/bundle/manifest.ts";
import { MERGED_METHOD, sourceParameters } from "../../core/bundle/merge-bundles.ts";
import { type BlobGetter, openPatches } from "../../core/bundle/verify-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { attachedManifest, attachedPatches, type PatchCatalog } from "../../core/release/patch-catalog.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** A bundle of what a channel serves, not yet signed. */
export interface AbsorbedBundle {
  readonly bundle: BuiltBundle;
  /** Ids of the attached patches that came with a hotfix. */
  readonly patchesOf: (hotfix: Digest) => readonly string[];
}

/** The first source of each method, as a manifest has room for few sources and many hotfixes share a method. */
const firstOfEachMethod = ({ sources }: PatchCatalog, bundle: Digest | null) =>
  [...Map.groupBy(sources, ({ manifest }) => manifest.method).values()].map(([first]) => ({
    // The bundle is the one source that is no hotfix, and then the channel names it.
    id: (first!.hotfix ?? bundle)!,
    manifest: first!.manifest,
  }));

const methodOf = async (
  catalog: PatchCatalog,
  bundle: Digest | null,
): Promise<Pick<Manifest, "method" | "parameters">> => {
  const sources = firstOfEachMethod(catalog, bundle);
  const { method, parameters } = sources[0]!.manifest;
  if (sources.length === 1) return { method, parameters };
  return { method: MERGED_METHOD, parameters: { ...(await sourceParameters(sources)) } };
};

const nothing = (message: string) => fail(problem("invalid_request", message, { param: "--channel" }));

/**
 * Makes the next bundle of what a channel serves: its bundle's patches and its hotfixes', without the disabled ones,
 * under the same ids and with the same blobs. Its parent is the channel's bundle. Where several methods made them, the
 * manifest names `MERGED_METHOD` and each method's first source.
 *
 * Errors: `invalid_request` where the channel serves a bundle and nothing else, or nothing at all; those of
 * `openPatches` and `buildBundle`.
 */
export const absorbHotfixes = async (
  catalog: PatchCatalog,
  channel: WireChannel,
  model: PreparedModel | null,
  getBlobs: BlobGetter,
): Promise<Result<AbsorbedBundle>> => {
  if (channel.hotfixes.length === 0 && channel.disabled.length === 0)
    return nothing(
      `Channel "${channel.channel}" has no hotfix and no disabled patch: there is nothing to absorb.`,
    );
  const manifest = attachedManifest(catalog);
  if (manifest === null || model === null)
    return nothing(`Every patch of channel "${channel.channel}" is disabled. Release none instead.`);
  const patches = await openPatches(manifest, model, getBlobs);
  if (!patches.ok) return patches;
  const bundle = await buildBundle({
    ...(await methodOf(catalog, channel.bundle)),
    edits: manifest.edits,
    patches: patches.value,
    seed: manifest.seed,
    model,
    parent: channel.bundle,
    report: null,
  });
  if (!bundle.ok) return bundle;
  const patchesOf = (hotfix: Digest) =>
    attachedPatches(catalog)
      .filter((patch) => patch.hotfix === hotfix)
      .map(({ record }) => record.id);
  return ok({ bundle: bundle.value, patchesOf });
};
