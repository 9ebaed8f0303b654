import { type Digest, hexDigits } from "../digest.ts";

/**
 * A bundle as a directory: the manifest's exact bytes, the signatures over them, the report where the manifest
 * names one, and one safetensors file for each patch blob. This module only names things; reading and writing
 * files is the command line's work.
 */
export const BUNDLE_LAYOUT = {
  /** The manifest's exact bytes; the bundle's id is their sha256. */
  manifest: "manifest.json",
  /** A JSON array of `{keyId, signature}`. */
  signatures: "signatures.json",
  /** The measured metrics; absent where the manifest's `report` is null. */
  report: "report.json",
  /** The folder of the patch blobs. */
  blobs: "blobs",
} as const;

/** The path, within a bundle directory, of the patch blob with this digest: `blobs/<hex>.safetensors`. */
export const blobPath = (digest: Digest): string => `${BUNDLE_LAYOUT.blobs}/${hexDigits(digest)}.safetensors`;
