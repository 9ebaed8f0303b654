import type { ServiceClient, WireChannel } from "../../client/client.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import { catalogPatches, type PatchCatalog, type PatchSource } from "../../core/release/patch-catalog.ts";
import { ok, type Result } from "../../core/result.ts";
import { parseServedManifest, remoteBlobs } from "../connection/served-bundles.ts";

/** What a channel serves now, out of the service: its manifests, and a way to its blobs. */
export interface ServedPatches {
  readonly channel: WireChannel;
  readonly catalog: PatchCatalog;
  readonly getBlobs: BlobGetter;
}

/**
 * Reads what a channel serves: its bundle, its hotfixes, and which patches are disabled.
 * Errors: those of the service; `digest_mismatch` where it hands out other bytes than it names.
 */
export const readServedPatches = async (
  client: ServiceClient,
  model: string,
  name: string,
): Promise<Result<ServedPatches>> => {
  const state = await client.channels.find({ model, channel: name });
  if (!state.ok) return state;
  const { bundle, hotfixes, disabled } = state.value;
  const sources: PatchSource[] = [];
  for (const id of [...(bundle === null ? [] : [bundle]), ...hotfixes]) {
    const found = id === bundle ? await client.bundles.find(id) : await client.hotfixes.find(id);
    if (!found.ok) return found;
    const manifest = await parseServedManifest(found.value.manifest, id);
    if (!manifest.ok) return manifest;
    sources.push({ hotfix: id === bundle ? null : id, manifest: manifest.value });
  }
  return ok({
    channel: state.value,
    catalog: catalogPatches(sources, disabled),
    getBlobs: remoteBlobs(client),
  });
};
