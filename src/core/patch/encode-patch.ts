import type { Digest } from "../digest.ts";
import type { Patch, PatchRecord } from "./patch.ts";
import type { PatchBase } from "./patch-kind.ts";
import { residentValues } from "./patch-values.ts";
import { encodeBlob } from "./tensor-blob.ts";

/** A patch as a bundle keeps it: the manifest's record, and the blobs that the record names. */
export interface EncodedPatch {
  readonly record: PatchRecord;
  readonly blobs: ReadonlyMap<Digest, Uint8Array<ArrayBuffer>>;
}

/**
 * Turns a patch into its manifest record and its safetensors blobs; equal patches give equal bytes. Throws where its
 * values are not in memory.
 */
export const encodePatch = async (patch: Patch): Promise<EncodedPatch> => {
  const { tensors, values, edits, ...fields }: PatchBase = patch;
  const index = await encodeBlob(tensors);
  const record = { ...fields, edits: [...edits], ...index.record };
  const blobs = new Map([[index.record.blob, index.bytes]]);
  // What a kind adds stands in the record as in the patch; a bundle's manifest is held to the kind's schema.
  if (values === undefined) return { record: record as PatchRecord, blobs };
  const later = await encodeBlob({ values: residentValues(values) });
  blobs.set(later.record.blob, later.bytes);
  return { record: { ...record, values: later.record } as PatchRecord, blobs };
};
