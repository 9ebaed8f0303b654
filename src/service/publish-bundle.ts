import { decodeBase64 } from "../core/base64.ts";
import type { Manifest } from "../core/bundle/manifest.ts";
import { parseManifest } from "../core/bundle/manifest.ts";
import type { Signature } from "../core/bundle/signature.ts";
import { signaturesSchema, verifySignatures } from "../core/bundle/signature.ts";
import type { VerifiedBundle } from "../core/bundle/verify-bundle.ts";
import { verifyBundle, verifyReport } from "../core/bundle/verify-bundle.ts";
import { checkEditConflicts } from "../core/edit/edit-conflicts.ts";
import { composePatchSet } from "../core/patch/compose.ts";
import { problem } from "../core/problem.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { ModelRecord } from "../store/ports.ts";
import type { Publication, PublishRequest } from "../wire/bundle.ts";
import type { ServiceDependencies } from "./dependencies.ts";

/** A bundle off the wire: its exact bytes, nothing of it believed. */
export interface DecodedBundle {
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
  readonly report: Uint8Array | null;
}

const decodeBytes = (text: string, param: string): Result<Uint8Array> => {
  const bytes = decodeBase64(text);
  return bytes ? ok(bytes) : fail(problem("invalid_request", `${param}: expected base64.`, { param }));
};

/** Reads a bundle off the wire. Errors: `invalid_request` for bad base64, `signature_invalid` for malformed ones. */
export const decodeBundle = (
  request: Pick<PublishRequest, "manifest" | "signatures" | "report">,
): Result<DecodedBundle> => {
  const manifest = decodeBytes(request.manifest, "manifest");
  if (!manifest.ok) return manifest;
  const report = typeof request.report === "string" ? decodeBytes(request.report, "report") : ok(null);
  if (!report.ok) return report;
  const signatures = signaturesSchema.safeParse(request.signatures);
  if (signatures.success)
    return ok({ manifestBytes: manifest.value, signatures: signatures.data, report: report.value });
  const message = `signatures: ${signatures.error.issues[0]?.message ?? "malformed"}.`;
  return fail(problem("signature_invalid", message, { param: "signatures" }));
};

/** The model that a signed manifest names; an unsigned one is not so much as parsed. */
const findModel = async (
  { stores, trustedKeys }: ServiceDependencies,
  { manifestBytes, signatures }: DecodedBundle,
): Promise<Result<ModelRecord>> => {
  const signed = await verifySignatures(manifestBytes, signatures, trustedKeys);
  if (!signed.ok) return signed;
  const manifest = parseManifest(manifestBytes);
  return manifest.ok ? stores.models.find(manifest.value.model.name) : manifest;
};

const verifyAll = async (
  dependencies: ServiceDependencies,
  decoded: DecodedBundle,
): Promise<Result<VerifiedBundle>> => {
  const record = await findModel(dependencies, decoded);
  if (!record.ok) return record;
  const verified = await verifyBundle({
    ...decoded,
    trustedKeys: dependencies.trustedKeys,
    model: record.value.model,
    getBlobs: (digests) => dependencies.stores.blobs.getMany(digests),
  });
  if (!verified.ok) return verified;
  const { id, manifest, patches } = verified.value;
  const report = await verifyReport(manifest, decoded.report);
  if (!report.ok) return report;
  const compatible = checkEditConflicts(manifest.edits);
  if (!compatible.ok) return compatible;
  const composed = composePatchSet(id, patches, record.value.model);
  return composed.ok ? verified : composed;
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
 * checked, and that no two edits contradict each other, before anything is written. The same bytes again are `already published`. Under `dryRun`
 * every check runs and nothing is written.
 *
 * Errors: `invalid_request`, `unknown_model`, `edit_conflict`, and those of `verifyBundle`, `verifyReport`,
 * `composePatchSet`.
 */
export const publishBundle = async (
  dependencies: ServiceDependencies,
  request: PublishRequest,
  actor: string,
): Promise<Result<Publication>> => {
  const decoded = decodeBundle(request);
  if (!decoded.ok) return decoded;
  const verified = await verifyAll(dependencies, decoded.value);
  if (!verified.ok) return verified;
  const { id, manifest } = verified.value;
  if (request.dryRun) return foresee(dependencies, id, manifest);
  const published = await dependencies.stores.bundles.publish({
    id,
    manifest,
    ...decoded.value,
    publishedAt: dependencies.now().toISOString(),
    publishedBy: actor,
  });
  if (!published.ok) return published;
  const { status, summary } = published.value;
  return ok({ id, model: summary.model, version: summary.version, status });
};
