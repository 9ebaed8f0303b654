import type { Digest } from "../digest.ts";
/**
 * A bundle as a directory: the manifest's exact bytes, the signatures over them, the report where the manifest
 * names one, and one safetensors file for each patch blob. This module only names things; reading and writing
 * files is the command line's work.
 */
export declare const BUNDLE_LAYOUT: {
    /** The manifest's exact bytes; the bundle's id is their sha256. */
    readonly manifest: "manifest.json";
    /** A JSON array of `{keyId, signature}`. */
    readonly signatures: "signatures.json";
    /** The measured metrics; absent where the manifest's `report` is null. */
    readonly report: "report.json";
    /** The folder of the patch blobs. */
    readonly blobs: "blobs";
};
/** The path, within a bundle directory, of the patch blob with this digest: `blobs/<hex>.safetensors`. */
export declare const blobPath: (digest: Digest) => string;
