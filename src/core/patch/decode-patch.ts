import type { Digest } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import { problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { checkFinite } from "../tensor/safetensors.ts";
import type { FloatTensor } from "../tensor/tensor.ts";
import type { BlobRecord } from "./blob-record.ts";
import { checkBlob } from "./check-blob.ts";
import { checkPatch } from "./check-patch.ts";
import type { Patch, PatchRecord } from "./patch.ts";
import type { RecordBase } from "./patch-kind.ts";
import type { PatchValues } from "./patch-values.ts";
import { listTensors, otherTensors, readBlob } from "./tensor-blob.ts";

/**
 * Reads the values of a patch when they are needed: fetches the blob of this digest and hands it to `decode`, which
 * verifies it; may answer with what `decode` made of it before.
 */
export type ValuesReader = (
  digest: Digest,
  decode: (bytes: Uint8Array) => Promise<Result<FloatTensor>>,
) => Promise<Result<FloatTensor>>;

const readValues = (patch: string, record: BlobRecord, blob: Uint8Array): Result<FloatTensor> => {
  const tensors = readBlob(patch, record, blob);
  if (!tensors.ok) return tensors;
  const values = tensors.value.get("values") as FloatTensor;
  const finite = checkFinite("values", values);
  return finite.ok ? ok(values) : finite;
};

const sameShape = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((size, axis) => size === right[axis]);

const deferValues = (patch: string, record: BlobRecord, read: ValuesReader): PatchValues => {
  const { blob, tensors } = record;
  const { shape } = tensors[0]!;
  const decode = async (bytes: Uint8Array): Promise<Result<FloatTensor>> => {
    const checked = await checkBlob(blob, bytes);
    return checked.ok ? readValues(patch, record, bytes) : checked;
  };
  return {
    shape,
    read: async () => {
      const values = await read(blob, decode);
      // A reader that remembers decoded another patch's claim; the blob is the same, the claim may not be.
      if (!values.ok || sameShape(values.value.shape, shape)) return values;
      return fail(otherTensors(patch, listTensors(tensors), JSON.stringify(values.value.shape)));
    },
  };
};

/** Checks that a patch's second blob is claimed to hold its values and nothing else. */
const checkValuesRecord = ({ id, tensors }: RecordBase, values: BlobRecord): Result<true> => {
  const [first, ...more] = values.tensors;
  const alone = first?.name === "values" && first.dtype === "F32" && more.length === 0;
  if (alone && tensors.every(({ name }) => name !== "values")) return ok(true);
  return fail(
    problem(
      "shape_mismatch",
      `Patch "${id}": expected one tensor, "values", in its second blob and none of that name in its first. ` +
        "Build the bundle again.",
      { param: "tensors", detail: { patch: id } },
    ),
  );
};

const valuesOf = (
  record: RecordBase,
  values: BlobRecord,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  read: ValuesReader | undefined,
): Result<PatchValues> => {
  const known = checkValuesRecord(record, values);
  if (!known.ok) return known;
  const blob = blobs.get(values.blob);
  if (blob !== undefined) return readValues(record.id, values, blob);
  if (read === undefined)
    throw new Error(`The values of ${record.id} are neither given nor to be read later.`);
  return ok(deferValues(record.id, values, read));
};

/**
 * Reads a patch from its record and its blobs, whose digests the caller has verified, and checks that it can act on
 * `model`. The tensors lie on the blobs. Values that are not among `blobs` are deferred to `read`.
 *
 * Errors: `malformed_manifest` for a blob of another size than claimed, `malformed_tensors`, those of `checkPatch`.
 */
export const decodePatch = (
  record: PatchRecord,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  model: PreparedModel,
  read?: ValuesReader,
): Result<Patch> => {
  const { tensors: _, blob, bytes: __, values, ...fields }: RecordBase = record;
  const tensors = readBlob(record.id, record, blobs.get(blob)!);
  if (!tensors.ok) return tensors;
  // Whether these are the tensors of the record's kind is what `checkPatch` finds out.
  const patch = { ...fields, tensors: Object.fromEntries(tensors.value) };
  if (values === undefined) return checkPatch(patch as unknown as Patch, model);
  const later = valuesOf(record, values, blobs, read);
  return later.ok ? checkPatch({ ...patch, values: later.value } as unknown as Patch, model) : later;
};
