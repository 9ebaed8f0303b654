import { resolve } from "node:path";
import { z } from "zod";
import type { ServiceClient } from "../../client/client.ts";
import { encodeBase64 } from "../../core/base64.ts";
import { blobDigests } from "../../core/bundle/manifest.ts";
import { verifyBundle } from "../../core/bundle/verify-bundle.ts";
import { counted } from "../../core/counted.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { findBaseModel } from "../../workshop/directories/base-model.ts";
import type { BundleDirectory } from "../../workshop/directories/bundle-directory.ts";
import { readBundleDirectory } from "../../workshop/directories/bundle-directory.ts";
import type { TrustOptions } from "../../workshop/keys/trusted-keys.ts";
import { findTrustedKeys } from "../../workshop/keys/trusted-keys.ts";
import type { UploadSummary } from "../../workshop/publishing/upload-blobs.ts";
import { uploadBlobs } from "../../workshop/publishing/upload-blobs.ts";
import type { Outcome } from "../command.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { DEFAULT_MODEL, DRY_RUN, flag, text } from "../options.ts";

const verifyLocally = async (
  bundle: BundleDirectory,
  trust: TrustOptions,
  context: RunningContext,
): Promise<Result<unknown>> => {
  const trustedKeys = await findTrustedKeys(trust, context);
  if (!trustedKeys.ok) return trustedKeys;
  const model = await findBaseModel(bundle.manifest.model, context);
  if (!model.ok) return model;
  return verifyBundle({ ...bundle, trustedKeys: trustedKeys.value, model: model.value });
};

const upload = async (
  client: ServiceClient,
  bundle: BundleDirectory,
  context: RunningContext,
  dryRun: boolean,
): Promise<Result<UploadSummary>> => {
  const source = { digests: blobDigests(bundle.manifest), read: bundle.getBlobs };
  return uploadBlobs(client, source, context.progress, dryRun);
};

/** A dry run that stops before the service's own check: that needs the blobs, which were not uploaded. */
const describeUpload = ({ id, manifest }: BundleDirectory, uploaded: UploadSummary): Outcome => ({
  document: { status: "would publish", id, model: manifest.model.name, version: null, uploaded },
  text: `would upload ${counted(uploaded.blobs, "blob")} and publish ${id} for ${manifest.model.name}`,
});

const send = async (
  client: ServiceClient,
  bundle: BundleDirectory,
  uploaded: UploadSummary,
  dryRun: boolean,
): Promise<Result<Outcome>> => {
  const published = await client.bundles.publish({
    manifest: encodeBase64(bundle.manifestBytes),
    signatures: [...bundle.signatures],
    report: bundle.report && encodeBase64(bundle.report),
    dryRun,
  });
  if (!published.ok) return published;
  const { status, version, model, id } = published.value;
  const blobs = `${counted(uploaded.blobs, "blob")} uploaded, ${uploaded.present} already there`;
  const of = model === DEFAULT_MODEL ? "" : ` --model ${model}`;
  const next = status === "published" ? `\nServe it with: errata release ${version}${of} --message WHY` : "";
  return ok({
    document: { ...published.value, uploaded },
    text: `${status} as version ${version} of ${model}: ${id}${dryRun ? "" : `\n${blobs}`}${next}`,
  });
};

/** `errata publish`: a bundle directory to the service. */
export const publishCommand = defineCommand({
  name: "publish",
  summary: "upload a bundle; the service gives it the model's next version number",
  details:
    "Verifies the bundle here first, then uploads the blobs that the service lacks, then the signed manifest. " +
    "Nothing is served until a release. Publishing the same bundle again changes nothing.",
  arguments: [{ name: "directory", syntax: "<directory>", description: "the bundle's directory" }],
  options: [
    { flags: "--key <file>", description: "trust this key file for the check made here" },
    {
      flags: "--trusted <json>",
      description: "trust these keys for the check made here, a TRUSTED_KEYS value",
    },
    DRY_RUN,
  ],
  examples: ["publish bundle", "publish bundle --dry-run --json"],
  input: z.object({ directory: text, key: text.optional(), trusted: text.optional(), dryRun: flag }),
  run: async ({ directory, dryRun, ...trust }, context) => {
    const bundle = await readBundleDirectory(resolve(context.workingDirectory, directory));
    if (!bundle.ok) return bundle;
    const verified = await verifyLocally(bundle.value, trust, context);
    if (!verified.ok) return verified;
    const client = await connect(context);
    if (!client.ok) return client;
    const uploaded = await upload(client.value, bundle.value, context, dryRun);
    if (!uploaded.ok) return uploaded;
    if (dryRun && uploaded.value.blobs > 0) return ok(describeUpload(bundle.value, uploaded.value));
    return send(client.value, bundle.value, uploaded.value, dryRun);
  },
});
