import { type Manifest, parseManifest } from "../../core/bundle/manifest.ts";
import { type Signature, verifySignatures } from "../../core/bundle/signature.ts";
import { type VerifiedBundle, verifyBundle, verifyReport } from "../../core/bundle/verify-bundle.ts";
import type { Digest } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ModelRecord } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";
import { checkContent } from "./check-content.ts";

/** A bundle as it came: its exact bytes, nothing of it believed. */
export interface SignedBundle {
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
  readonly report: Uint8Array | null;
}

/** What publishing did, or would do. */
export interface Publication {
  readonly id: Digest;
  readonly model: string;
  readonly version: number;
  readonly status: "published" | "already published" | "would publish";
}

/** The model that a signed manifest names; an unsigned one is not so much as parsed. */
const findModel = async (
  { stores, trustedKeys }: ServiceDependencies,
  { manifestBytes, signatures }: SignedBundle,
): Promise<Result<ModelRecord>> => {
  const signed = await verifySignatures(manifestBytes, signatures, trustedKeys);
  if (!signed.ok) return signed;
  const manifest = parseManifest(manifestBytes);
  return manifest.ok ? stores.models.find(manifest.value.model.name) : manifest;
};

const verifyAll = async (
  dependencies: ServiceDependencies,
  bundle: SignedBundle,
): Promise<Result<VerifiedBundle>> => {
  const record = await findModel(dependencies, bundle);
  if (!record.ok) return record;
  const verified = await verifyBundle({
    ...bundle,
    trustedKeys: dependencies.trustedKeys,
    model: record.value.model,
    getBlobs: (digests) => dependencies.stores.blobs.getMany(digests),
  });
  if (!verified.ok) return verified;
  const report = await verifyReport(verified.value.manifest, bundle.report);
  return report.ok ? checkContent(verified.value, record.value) : report;
};

/** What publishing would do: a bundle that is stored keeps its number, a new one would get the next. */
const foresee = async (
  { stores }: ServiceDependencies,
  id: VerifiedBundle["id"],
  { model }: Manifest,
): Promise<Result<Publication>> => {
  const known = await stores.bundles.summary({ id });
  if (known.ok)
    return ok({ id, model: model.name, version: known.value.version, status: "already published" });
  if (known.problem.code !== "unknown_bundle") return known;
  const newest = await stores.bundles.list(model.name, { limit: 1 });
  const version = (newest.data[0]?.version ?? 0) + 1;
  return ok({ id, model: model.name, version, status: "would publish" });
};

/**
 * Publishes a bundle, all of it or nothing: signatures, manifest, base model, blobs, shapes, numbers and report are
 * checked, and that no two edits contradict each other, before anything is written. The same bytes again are
 * `already published`. Under `dryRun` every check runs and nothing is written.
 *
 * Errors: `unknown_model`, and those of `verifyBundle`, `verifyReport` and `checkContent`.
 */
export const publishBundle = async (
  dependencies: ServiceDependencies,
  bundle: SignedBundle,
  { actor, dryRun }: { readonly actor: string; readonly dryRun: boolean },
): Promise<Result<Publication>> => {
  const verified = await verifyAll(dependencies, bundle);
  if (!verified.ok) return verified;
  const { id, manifest } = verified.value;
  if (dryRun) return foresee(dependencies, id, manifest);
  const published = await dependencies.stores.bundles.publish({
    id,
    manifest,
    ...bundle,
    publishedAt: dependencies.now().toISOString(),
    publishedBy: actor,
  });
  if (!published.ok) return published;
  const { status, summary } = published.value;
  return ok({ id, model: summary.model, version: summary.version, status });
};
