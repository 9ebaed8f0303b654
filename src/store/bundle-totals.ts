import type { Manifest } from "../core/bundle/manifest.ts";
import { patchBytes } from "../core/patch/patch-record.ts";

/** The figures that a list shows of a bundle: number of edits and patches, bytes of all patch blobs together. */
export const bundleTotals = (
  manifest: Manifest,
): { readonly edits: number; readonly patches: number; readonly bytes: number } => ({
  edits: manifest.edits.length,
  patches: manifest.patches.length,
  bytes: manifest.patches.reduce((sum, record) => sum + patchBytes(record), 0),
});
