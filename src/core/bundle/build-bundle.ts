import { canonicalJsonBytes } from "../canonical-json.ts";
import { type Digest, digestOf } from "../digest.ts";
import type { Edit } from "../edit/edit.ts";
import { modelDigest, type PreparedModel } from "../model/prepared-model.ts";
import { checkPatches } from "../patch/check-patch.ts";
import { encodePatch } from "../patch/encode-patch.ts";
import type { Patch } from "../patch/patch.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { MANIFEST_FORMAT, type Manifest, parseManifest } from "./manifest.ts";

/** What a bundle is made from. */
export interface BundleParts {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
  /** Name of the method: `grace`. */
  readonly method: string;
  /** Hyper-parameters; numbers as the strings they were given as. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly model: PreparedModel;
  readonly parent: Digest | null;
  /** Exact bytes of `report.json`, or null where nothing was measured. */
  readonly report: Uint8Array | null;
}

/** A bundle not yet signed. */
export interface BuiltBundle {
  /** sha256 of `manifestBytes`. */
  readonly id: Digest;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  /** The patch blobs; patches with equal tensors share one. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  readonly report: Uint8Array | null;
}

const describeModel = async (model: PreparedModel): Promise<Manifest["model"]> => ({
  name: model.name,
  digest: await modelDigest(model),
  tokenizer: model.digests.tokenizer,
});

const encodeManifest = (manifest: Manifest): Result<Uint8Array> => {
  try {
    return ok(canonicalJsonBytes(manifest));
  } catch (cause) {
    // Canonical JSON refuses what has no single spelling: a float, or half of a surrogate pair in a text.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail(
      problem("malformed_manifest", `The manifest cannot be written: ${reason}.`, { param: "edits" }),
    );
  }
};

/**
 * Builds a bundle: checks every patch against the model, writes its blobs, and the manifest as canonical JSON, so
 * that equal parts give equal bytes and the same id on every machine. What it returns, `parseManifest` reads.
 *
 * Errors: those of `checkPatches` and `parseManifest`.
 */
export const buildBundle = async (parts: BundleParts): Promise<Result<BuiltBundle>> => {
  const checked = checkPatches(parts.patches, parts.model);
  if (!checked.ok) return checked;
  const records: Manifest["patches"] = [];
  const blobs = new Map<Digest, Uint8Array>();
  for (const patch of parts.patches) {
    const encoded = await encodePatch(patch);
    records.push(encoded.record);
    for (const [digest, bytes] of encoded.blobs) blobs.set(digest, bytes);
  }
  const encoded = encodeManifest({
    format: MANIFEST_FORMAT,
    parent: parts.parent,
    model: await describeModel(parts.model),
    method: parts.method,
    parameters: { ...parts.parameters },
    seed: parts.seed,
    edits: [...parts.edits],
    patches: records,
    report: parts.report === null ? null : await digestOf(parts.report),
  });
  if (!encoded.ok) return encoded;
  const manifest = parseManifest(encoded.value);
  if (!manifest.ok) return manifest;
  return ok({
    id: await digestOf(encoded.value),
    manifest: manifest.value,
    manifestBytes: encoded.value,
    blobs,
    report: parts.report,
  });
};
