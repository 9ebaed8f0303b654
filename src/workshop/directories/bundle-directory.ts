import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { BuiltBundle } from "../../core/bundle/build-bundle.ts";
import { BUNDLE_LAYOUT, blobPath } from "../../core/bundle/layout.ts";
import { type Manifest, parseManifest } from "../../core/bundle/manifest.ts";
import { type Signature, signaturesSchema } from "../../core/bundle/signature.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import { type Digest, digestOf } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { listDirectory, parseJson, pathKind, readBytes, readBytesIfPresent } from "./files.ts";

/** A bundle as it lies on the disk. Well-formed, but nothing of it is verified yet. */
export interface BundleDirectory {
  readonly directory: string;
  /** sha256 of `manifestBytes`. */
  readonly id: Digest;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array<ArrayBuffer>;
  readonly signatures: readonly Signature[];
  readonly report: Uint8Array<ArrayBuffer> | null;
  /** Reads patch blobs off the disk; files that are not there are left out. */
  readonly getBlobs: BlobGetter;
}

const readSignatures = async (directory: string): Promise<Result<readonly Signature[]>> => {
  const path = join(directory, BUNDLE_LAYOUT.signatures);
  const bytes = await readBytesIfPresent(path);
  if (bytes === null) return ok([]);
  const json = parseJson(bytes, "malformed_manifest", path);
  if (!json.ok) return json;
  const parsed = signaturesSchema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const fault = parsed.error.issues[0]?.message;
  return fail(problem("malformed_manifest", `${path}: ${fault}. Sign the bundle again.`, { param: path }));
};

/** Checks that the report is the one that the manifest names, and there where it names one. */
const readReport = async (
  directory: string,
  manifest: Manifest,
): Promise<Result<Uint8Array<ArrayBuffer> | null>> => {
  if (manifest.report === null) return ok(null);
  const path = join(directory, BUNDLE_LAYOUT.report);
  const bytes = await readBytes(path, "the bundle's report");
  if (!bytes.ok) return bytes;
  const found = await digestOf(bytes.value);
  if (found === manifest.report) return bytes;
  const message = `${path} has the digest ${found}, but the manifest names ${manifest.report}. Build the bundle again.`;
  return fail(problem("digest_mismatch", message, { param: path }));
};

const blobGetter =
  (directory: string): BlobGetter =>
  async (digests) => {
    const found = new Map<Digest, Uint8Array>();
    for (const digest of digests) {
      const bytes = await readBytesIfPresent(join(directory, blobPath(digest)));
      if (bytes !== null) found.set(digest, bytes);
    }
    return ok(found);
  };

/**
 * Reads a bundle directory; blobs stay on the disk until asked for.
 *
 * Errors: `file_not_found`, those of `parseManifest`, `malformed_manifest` for signatures that are none,
 * `digest_mismatch` for another report than the manifest names.
 */
export const readBundleDirectory = async (directory: string): Promise<Result<BundleDirectory>> => {
  const bytes = await readBytes(join(directory, BUNDLE_LAYOUT.manifest), "a bundle's manifest");
  if (!bytes.ok) return bytes;
  const manifest = parseManifest(bytes.value);
  if (!manifest.ok) return manifest;
  const signatures = await readSignatures(directory);
  if (!signatures.ok) return signatures;
  const report = await readReport(directory, manifest.value);
  if (!report.ok) return report;
  return ok({
    directory,
    id: await digestOf(bytes.value),
    manifest: manifest.value,
    manifestBytes: bytes.value,
    signatures: signatures.value,
    report: report.value,
    getBlobs: blobGetter(directory),
  });
};

const refuseTarget = (message: string) => fail(problem("invalid_request", message, { param: "--out" }));

/**
 * Checks that a bundle may be written to `directory`, whichever it is: before work begins that ends in one. Errors:
 * `invalid_request` where it is a file, or holds files that are no bundle's.
 */
export const checkBundleTarget = async (directory: string): Promise<Result<null>> => {
  if ((await pathKind(directory)) === "file")
    return refuseTarget(`${directory} is a file, and a bundle is a directory. Give --out another name.`);
  const own: readonly string[] = Object.values(BUNDLE_LAYOUT);
  const foreign = (await listDirectory(directory)).find((name) => !own.includes(name));
  return foreign === undefined
    ? ok(null)
    : refuseTarget(`${directory} holds other files, first ${foreign}. Choose another directory.`);
};

const refuseOther = async (directory: string, bundle: BuiltBundle): Promise<Result<null>> => {
  const free = await checkBundleTarget(directory);
  if (!free.ok) return free;
  const there = await readBytesIfPresent(join(directory, BUNDLE_LAYOUT.manifest));
  return there === null || (await digestOf(there)) === bundle.id
    ? ok(null)
    : refuseTarget(`${directory} holds another bundle. Bundles never change; choose another directory.`);
};

/**
 * Writes a built and signed bundle as a directory: blobs first and the manifest last, so that a directory with a
 * manifest is whole. The same bundle may be written again, to add signatures.
 *
 * Errors: `invalid_request` where `directory` holds anything else.
 */
export const writeBundleDirectory = async (
  directory: string,
  bundle: BuiltBundle,
  signatures: readonly Signature[],
): Promise<Result<null>> => {
  const free = await refuseOther(directory, bundle);
  if (!free.ok) return free;
  await mkdir(join(directory, BUNDLE_LAYOUT.blobs), { recursive: true });
  for (const [digest, bytes] of bundle.blobs) {
    const path = join(directory, blobPath(digest));
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, bytes);
  }
  if (bundle.report !== null) await writeFileAtomic(join(directory, BUNDLE_LAYOUT.report), bundle.report);
  await writeFileAtomic(
    join(directory, BUNDLE_LAYOUT.signatures),
    `${JSON.stringify(signatures, null, 2)}\n`,
  );
  await writeFileAtomic(join(directory, BUNDLE_LAYOUT.manifest), bundle.manifestBytes);
  return ok(null);
};
