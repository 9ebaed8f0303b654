import type { BlobRecord } from "./blob-record.ts";
import type { RecordBase } from "./patch-kind.ts";

/** The blobs of one patch, that of its values last. */
export const blobsOf = (record: RecordBase): readonly BlobRecord[] =>
  record.values === undefined ? [record] : [record, record.values];

/** Bytes of all blobs of one patch. */
export const patchBytes = (record: RecordBase): number =>
  blobsOf(record).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * What a patch does and where, as one text: everything of its record but what it is called and which edits it has.
 * For a load of 10,000 patches, so not canonical JSON; a record's blobs have their keys in one order anyway.
 */
export const recordContent = ({ id: _, edits: __, ...content }: RecordBase): string =>
  JSON.stringify(Object.entries(content).sort(([left], [right]) => (left < right ? -1 : 1)));
