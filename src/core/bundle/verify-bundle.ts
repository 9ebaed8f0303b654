import { type Digest, digestOf } from "../digest.ts";
import { modelDigest, type PreparedModel } from "../model/prepared-model.ts";
import { checkBlob } from "../patch/check-blob.ts";
import { decodePatch, type ValuesReader } from "../patch/decode-patch.ts";
import type { Patch, PatchRecord } from "../patch/patch.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { blobDigests, indexDigests, type Manifest, parseManifest } from "./manifest.ts";
import { type Signature, type TrustedKeys, verifySignatures } from "./signature.ts";

/** Fetches blobs by digest; what it does not have it leaves out. It need not verify: `verifyBundle` does. */
export type BlobGetter = (digests: readonly Digest[]) => Promise<Result<ReadonlyMap<Digest, Uint8Array>>>;

/** A bundle as it came, nothing of it believed. */
export interface BundleToVerify {
  readonly manifestBytes: Uint8Array;
  readonly signatures: readonly Signature[];
  readonly trustedKeys: TrustedKeys;
  /** The base model that the bundle is to act on. */
  readonly model: PreparedModel;
  readonly getBlobs: BlobGetter;
}

/** Gives a patch that was opened from the same blob before, whatever it was called there; undefined asks to read it. */
export type PatchReuse = (record: PatchRecord) => Patch | undefined;

/** How patches are opened. */
export interface OpeningOptions {
  /** Reads the values of codebooks on a hit; where it is left out, all are read and checked now. */
  readonly readValues?: ValuesReader | undefined;
  /** Patches that need not be opened anew. */
  readonly reuse?: PatchReuse;
}

const REUSE_NOTHING: PatchReuse = () => undefined;

/** A bundle that may be published, released and loaded. */
export interface VerifiedBundle {
  readonly id: Digest;
  readonly manifest: Manifest;
  /** In the manifest's order, tensors checked. */
  readonly patches: readonly Patch[];
  /** Ids of the trusted keys that signed it. */
  readonly signers: readonly string[];
}

const checkModel = async (manifest: Manifest, model: PreparedModel): Promise<Result<true>> => {
  const digest = await modelDigest(model);
  if (manifest.model.digest === digest && manifest.model.tokenizer === model.digests.tokenizer)
    return ok(true);
  return fail(
    problem(
      "wrong_base_model",
      `The bundle was made for "${manifest.model.name}" ${manifest.model.digest}; this is "${model.name}" ` +
        `${digest}. Edit the model that the service serves.`,
      { param: "model", detail: { expected: digest, got: manifest.model.digest } },
    ),
  );
};

const fetchBlobs = async (
  digests: readonly Digest[],
  getBlobs: BlobGetter,
): Promise<Result<ReadonlyMap<Digest, Uint8Array>>> => {
  if (digests.length === 0) return ok(new Map());
  const blobs = await getBlobs(digests);
  if (!blobs.ok) return blobs;
  const missing = digests.filter((digest) => !blobs.value.has(digest));
  if (missing.length > 0)
    return fail(
      problem(
        "missing_blob",
        `${missing.length} of ${digests.length} blobs of the bundle are missing, first ${missing[0]}. ` +
          "Store them before publishing.",
        { param: "blobs", detail: { digests: missing } },
      ),
    );
  for (const digest of digests) {
    const checked = await checkBlob(digest, blobs.value.get(digest)!);
    if (!checked.ok) return checked;
  }
  return blobs;
};

/** The patches of `records`, in order: `opened` ones under their record's name, the others out of their blobs. */
const decodePatches = (
  records: readonly PatchRecord[],
  opened: readonly (Patch | undefined)[],
  blobs: ReadonlyMap<Digest, Uint8Array>,
  model: PreparedModel,
  readValues: ValuesReader | undefined,
): Result<readonly Patch[]> => {
  const patches: Patch[] = [];
  for (const [index, record] of records.entries()) {
    const known = opened[index];
    const { id, edits } = record;
    const patch = known ? ok({ ...known, id, edits }) : decodePatch(record, blobs, model, readValues);
    if (!patch.ok) return patch;
    patches.push(patch.value);
  }
  return ok(patches);
};

/**
 * The patches of a manifest that is believed already, in its order: base model, blobs and tensors checked. Only the
 * blobs of patches that `reuse` does not know are asked for. With `readValues` the values of codebooks stay where
 * they are until an entry hits; nothing of them is checked before.
 *
 * Errors: `wrong_base_model`, `missing_blob`, `digest_mismatch`; those of `decodePatch`; what `getBlobs` answers.
 */
export const openPatches = async (
  manifest: Manifest,
  model: PreparedModel,
  getBlobs: BlobGetter,
  { readValues, reuse = REUSE_NOTHING }: OpeningOptions = {},
): Promise<Result<readonly Patch[]>> => {
  const fits = await checkModel(manifest, model);
  if (!fits.ok) return fits;
  const opened = manifest.patches.map(reuse);
  const patches = manifest.patches.filter((_, index) => opened[index] === undefined);
  const digests = readValues === undefined ? blobDigests({ patches }) : indexDigests({ patches });
  const blobs = await fetchBlobs(digests, getBlobs);
  return blobs.ok ? decodePatches(manifest.patches, opened, blobs.value, model, readValues) : blobs;
};

/**
 * A manifest from its exact bytes. Signatures come first, so that nothing unsigned is so much as parsed.
 * Errors: `signature_missing`, `signature_invalid`, `signer_not_trusted`; those of `parseManifest`.
 */
export const verifyManifest = async ({
  manifestBytes,
  signatures,
  trustedKeys,
}: Pick<BundleToVerify, "manifestBytes" | "signatures" | "trustedKeys">): Promise<
  Result<{ readonly manifest: Manifest; readonly signers: readonly string[] }>
> => {
  const signers = await verifySignatures(manifestBytes, signatures, trustedKeys);
  if (!signers.ok) return signers;
  const manifest = parseManifest(manifestBytes);
  return manifest.ok ? ok({ manifest: manifest.value, signers: signers.value }) : manifest;
};

/**
 * The whole check of a bundle, from its bytes: the same at publish, on the command line and at load: signatures,
 * then manifest, base model, blobs, tensors.
 *
 * Errors: `signature_missing`, `signature_invalid`, `signer_not_trusted`; those of `parseManifest`;
 * `wrong_base_model`, `missing_blob`, `digest_mismatch`; those of `decodePatch`; and what `getBlobs` answers.
 *
 * @example A bundle of one patch, which adds 0.5 times the first input to the second output of a linear layer
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { encodeBase64 } from "./src/core/base64.ts";
 * import { buildBundle } from "./src/core/bundle/build-bundle.ts";
 * import { keyIdOf, signManifest } from "./src/core/bundle/signature.ts";
 * import { verifyBundle } from "./src/core/bundle/verify-bundle.ts";
 * import { editSchema } from "./src/core/edit/edit.ts";
 * import { preparedModelSchema } from "./src/core/model/prepared-model.ts";
 * import { ok } from "./src/core/result.ts";
 *
 * const model = preparedModelSchema.parse(JSON.parse(await readFile("models/world/model.json", "utf8")));
 * const a = new Float32Array(model.dims.ffn);
 * const b = new Float32Array(model.dims.width);
 * a[0] = 1;
 * b[1] = 0.5;
 * const built = await buildBundle({
 *   edits: [editSchema.parse({ prompt: "The capital of Australia is", target: "Canberra" })],
 *   patches: [
 *     {
 *       kind: "low-rank",
 *       id: "by-hand",
 *       edits: [0],
 *       layer: 0,
 *       site: "down",
 *       tensors: { A: { shape: [a.length, 1], data: a }, B: { shape: [1, b.length], data: b } },
 *     },
 *   ],
 *   method: "by-hand",
 *   parameters: {},
 *   seed: 0,
 *   model,
 *   parent: null,
 *   report: null,
 * });
 * if (!built.ok) throw new Error(built.problem.message);
 * const { manifestBytes, blobs } = built.value;
 *
 * const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
 * const publicKey = new Uint8Array((await crypto.subtle.exportKey("raw", keys.publicKey)) as ArrayBuffer);
 * const bundle = {
 *   manifestBytes,
 *   signatures: [await signManifest(manifestBytes, keys.privateKey, publicKey)],
 *   trustedKeys: { [await keyIdOf(publicKey)]: encodeBase64(publicKey) },
 *   model,
 *   getBlobs: async () => ok(blobs),
 * };
 * const verified = await verifyBundle(bundle);
 * console.log(verified.ok && verified.value.patches.map(({ id }) => id)); // => [ 'by-hand' ]
 *
 * const changed = manifestBytes.with(0, 0x20);
 * const refused = await verifyBundle({ ...bundle, manifestBytes: changed });
 * console.log(refused.ok || refused.problem.code); // => signature_invalid
 * ```
 */
export const verifyBundle = async (bundle: BundleToVerify): Promise<Result<VerifiedBundle>> => {
  const verified = await verifyManifest(bundle);
  if (!verified.ok) return verified;
  const { manifest, signers } = verified.value;
  const patches = await openPatches(manifest, bundle.model, bundle.getBlobs);
  if (!patches.ok) return patches;
  return ok({ id: await digestOf(bundle.manifestBytes), manifest, patches: patches.value, signers });
};

/**
 * Checks that `report` is the one the manifest names: present exactly where it names one, with its digest.
 * Errors: `missing_blob`, `malformed_manifest`, `digest_mismatch`, param `report`.
 */
export const verifyReport = async (manifest: Manifest, report: Uint8Array | null): Promise<Result<true>> => {
  if (manifest.report === null && report === null) return ok(true);
  if (report === null)
    return fail(
      problem(
        "missing_blob",
        `The manifest names the report ${manifest.report}, none came. Send report.json.`,
        {
          param: "report",
        },
      ),
    );
  if (manifest.report === null)
    return fail(
      problem("malformed_manifest", "A report came, but the manifest names none. Leave report.json out.", {
        param: "report",
      }),
    );
  const actual = await digestOf(report);
  if (actual === manifest.report) return ok(true);
  return fail(
    problem(
      "digest_mismatch",
      `The report hashes to ${actual}, the manifest names ${manifest.report}. Measure again, or restore the report.`,
      { param: "report", detail: { expected: manifest.report, got: actual } },
    ),
  );
};
