import { digestOf } from "../digest.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, type Result } from "../result.ts";
import { elementTypeOf, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BlobRecord, TensorRecord } from "./blob-record.ts";

/** Tensors by name. */
type NamedTensors = Readonly<Record<string, Tensor>>;

const tensorRecords = (tensors: NamedTensors): TensorRecord[] =>
  Object.entries(tensors)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, tensor]) => ({ name, dtype: elementTypeOf(tensor), shape: [...tensor.shape] }));

/** A blob as a bundle keeps it. */
export interface EncodedBlob {
  readonly record: BlobRecord;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Tensors as a safetensors blob; equal ones give equal bytes. */
export const encodeBlob = async (tensors: NamedTensors): Promise<EncodedBlob> => {
  const bytes = writeSafetensors(tensors);
  const record = { tensors: tensorRecords(tensors), blob: await digestOf(bytes), bytes: bytes.length };
  return { record, bytes };
};

/** The refusal of a blob that holds other tensors than its record lists. */
export const otherTensors = (patch: string, expected: string, got: string): Problem =>
  problem(
    "shape_mismatch",
    `Patch "${patch}": the manifest lists the tensors ${expected}, its blob holds ${got}. Build the bundle again.`,
    { param: "tensors", detail: { patch, expected, got } },
  );

/** The tensors of a record as one text, whatever their order. */
export const listTensors = (records: BlobRecord["tensors"]): string =>
  JSON.stringify(records.map(({ name, dtype, shape }) => [name, dtype, shape]).sort());

/**
 * The tensors of a blob of `patch` whose digest is verified; they lie on it. Errors: `malformed_manifest` for another
 * size than the record claims, `malformed_tensors`, `shape_mismatch` for other tensors.
 */
export const readBlob = (
  patch: string,
  record: BlobRecord,
  blob: Uint8Array,
): Result<ReadonlyMap<string, Tensor>> => {
  if (blob.length !== record.bytes)
    return fail(
      problem(
        "malformed_manifest",
        `Patch "${patch}" claims ${record.bytes} bytes, its blob has ${blob.length}. Build the bundle again.`,
        { param: "patches" },
      ),
    );
  const tensors = readSafetensors(blob);
  if (!tensors.ok) return tensors;
  const claimed = listTensors(record.tensors);
  const found = listTensors(tensorRecords(Object.fromEntries(tensors.value)));
  return claimed === found ? tensors : fail(otherTensors(patch, claimed, found));
};
