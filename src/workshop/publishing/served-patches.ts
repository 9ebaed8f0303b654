import type { ServiceClient, WireChannel } from "../../client/client.ts";
import { decodeBase64 } from "../../core/base64.ts";
import type { Manifest } from "../../core/bundle/manifest.ts";
import { parseManifest } from "../../core/bundle/manifest.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import { digestOf } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import type { PatchCatalog, PatchSource } from "../../core/release/patch-catalog.ts";
import { catalogPatches } from "../../core/release/patch-catalog.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import { remoteBlobs } from "../directories/bundle-reference.ts";

/** What a channel serves now, out of the service: its manifests, and a way to its blobs. */
export interface ServedPatches {
  readonly channel: WireChannel;
  readonly catalog: PatchCatalog;
  readonly getBlobs: BlobGetter;
}

/** Parses a manifest that the service handed out under `id`. Errors: `digest_mismatch`; those of `parseManifest`. */
const readManifest = async (base64: string, id: Digest): Promise<Result<Manifest>> => {
  const bytes = decodeBase64(base64) ?? new Uint8Array();
  if ((await digestOf(bytes)) === id) return parseManifest(bytes);
  const message = `The service's manifest of ${id} does not have the digest that names it.`;
  return fail(problem("digest_mismatch", message, { param: "manifest" }));
};

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
    const manifest = await readManifest(found.value.manifest, id);
    if (!manifest.ok) return manifest;
    sources.push({ hotfix: id === bundle ? null : id, manifest: manifest.value });
  }
  return ok({
    channel: state.value,
    catalog: catalogPatches(sources, disabled),
    getBlobs: remoteBlobs(client),
  });
};
