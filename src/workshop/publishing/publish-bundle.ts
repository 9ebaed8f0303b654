import type { ServiceClient } from "../../client/client.ts";
import { encodeBase64 } from "../../core/base64.ts";
import { blobDigests } from "../../core/bundle/manifest.ts";
import type { Digest } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import { verifyBundleDirectory } from "../bundles/verify-bundle-directory.ts";
import { connect } from "../connection/connect.ts";
import type { BundleDirectory } from "../directories/bundle-directory.ts";
import type { TrustOptions } from "../keys/trusted-keys.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type UploadSummary, uploadBlobs } from "./upload-blobs.ts";

/** Which bundle directory to publish; whom to trust is for the check made here. */
export interface PublishOptions extends TrustOptions {
  readonly directory: string;
  readonly dryRun?: boolean | undefined;
}

/** A bundle at the service, or what would be one. */
export interface PublishedBundle {
  readonly status: "published" | "already published" | "would publish";
  readonly id: Digest;
  /** The base model's name. */
  readonly model: string;
  /** Null for a dry run that stops before the service's own check: that needs the blobs, which were not uploaded. */
  readonly version: number | null;
  readonly uploaded: UploadSummary;
}

/** Sends a signed manifest whose blobs are uploaded. Errors: those of the service. */
export const sendBundle = (
  client: ServiceClient,
  bundle: Pick<BundleDirectory, "signatures" | "report"> & { readonly manifestBytes: Uint8Array },
  dryRun: boolean,
) =>
  client.bundles.publish({
    manifest: encodeBase64(bundle.manifestBytes),
    signatures: [...bundle.signatures],
    report: bundle.report && encodeBase64(bundle.report),
    dryRun,
  });

/**
 * Verifies a bundle here, then uploads the blobs that the service lacks, then the signed manifest. Nothing is served
 * until a release; publishing the same bundle again changes nothing.
 *
 * Errors: those of `verifyBundleDirectory` and of the service.
 */
export const publishBundle = async (
  { directory, dryRun = false, ...trust }: PublishOptions,
  context: WorkshopContext,
): Promise<Result<PublishedBundle>> => {
  const verified = await verifyBundleDirectory({ directory, ...trust }, context);
  if (!verified.ok) return verified;
  const client = await connect(context);
  if (!client.ok) return client;
  const { bundle } = verified.value;
  const { id, manifest, getBlobs: read } = bundle;
  const source = { digests: blobDigests(manifest), read };
  const uploaded = await uploadBlobs(client.value, source, context.progress, dryRun);
  if (!uploaded.ok) return uploaded;
  if (dryRun && uploaded.value.blobs > 0) {
    const { name } = manifest.model;
    return ok({ status: "would publish", id, model: name, version: null, uploaded: uploaded.value });
  }
  const published = await sendBundle(client.value, bundle, dryRun);
  return published.ok ? ok({ ...published.value, uploaded: uploaded.value }) : published;
};
