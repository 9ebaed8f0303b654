import { checkBlob } from "../bundle/check-blob.ts";
import type { BlobRecord, PatchRecord } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import { checkFinite, readSafetensors } from "../tensor/safetensors.ts";
import type { FloatTensor, Tensor } from "../tensor/tensor.ts";
import type { ChainValues } from "./chain-values.ts";
import type { Patch } from "./patch.ts";
import { checkPatch, tensorRecords } from "./patch-tensors.ts";

/**
 * Reads the values of a codebook on a hit: fetches the blob of this digest and hands it to `decode`, which verifies
 * it; may answer with what `decode` made of it before.
 */
export type ValuesReader = (
  digest: Digest,
  decode: (bytes: Uint8Array) => Promise<Result<FloatTensor>>,
) => Promise<Result<FloatTensor>>;

type NamedTensors = ReadonlyMap<string, Tensor>;
type CodebookRecord = Extract<PatchRecord, { kind: "codebook" }>;

const shapesProblem = (patch: string, expected: string, got: string) =>
  problem(
    "shape_mismatch",
    `Patch "${patch}": the manifest lists the tensors ${expected}, its blob holds ${got}. Build the bundle again.`,
    { param: "tensors", detail: { patch, expected, got } },
  );

const listOf = (records: BlobRecord["tensors"]): string =>
  JSON.stringify(records.map(({ name, dtype, shape }) => [name, dtype, shape]).sort());

/** The tensors of a blob whose digest is verified. Errors: `malformed_manifest`, `malformed_tensors`, `shape_mismatch`. */
const readBlob = (patch: string, record: BlobRecord, blob: Uint8Array): Result<NamedTensors> => {
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
  const claimed = listOf(record.tensors);
  const found = listOf(tensorRecords(Object.fromEntries(tensors.value)));
  return claimed === found ? tensors : fail(shapesProblem(patch, claimed, found));
};

const readValues = (record: CodebookRecord, blob: Uint8Array): Result<FloatTensor> => {
  const tensors = readBlob(record.id, record.values, blob);
  if (!tensors.ok) return tensors;
  const values = tensors.value.get("values") as FloatTensor;
  const finite = checkFinite("values", values);
  return finite.ok ? ok(values) : finite;
};

const sameShape = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((size, axis) => size === right[axis]);

const deferValues = (record: CodebookRecord, read: ValuesReader): ChainValues => {
  const { blob, tensors } = record.values;
  const { shape } = tensors[0]!;
  const decode = async (bytes: Uint8Array): Promise<Result<FloatTensor>> => {
    const checked = await checkBlob(blob, bytes);
    return checked.ok ? readValues(record, bytes) : checked;
  };
  return {
    shape,
    read: async () => {
      const values = await read(blob, decode);
      // A reader that remembers decoded another patch's claim; the blob is the same, the claim may not be.
      if (!values.ok || sameShape(values.value.shape, shape)) return values;
      return fail(shapesProblem(record.id, listOf(tensors), JSON.stringify(values.value.shape)));
    },
  };
};

/** Checks that a codebook's second blob is claimed to hold its values and nothing else. */
const checkValuesRecord = ({ id, tensors, values }: CodebookRecord): Result<true> => {
  const [first, ...more] = values.tensors;
  const alone = first?.name === "values" && first.dtype === "F32" && more.length === 0;
  if (alone && tensors.every(({ name }) => name !== "values")) return ok(true);
  return fail(
    problem(
      "shape_mismatch",
      `Patch "${id}": expected one tensor, "values", in a codebook's second blob and none of that name in its first. ` +
        "Build the bundle again.",
      { param: "tensors", detail: { patch: id } },
    ),
  );
};

const valuesOf = (
  record: CodebookRecord,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  read: ValuesReader | undefined,
): Result<ChainValues> => {
  const known = checkValuesRecord(record);
  if (!known.ok) return known;
  const blob = blobs.get(record.values.blob);
  if (blob !== undefined) return readValues(record, blob);
  if (read === undefined)
    throw new Error(`The values of ${record.id} are neither given nor to be read later.`);
  return ok(deferValues(record, read));
};

/** Joins a record and the tensors of its blobs; `checkPatch` finds out whether they fit. */
const assemble = (
  record: PatchRecord,
  tensors: NamedTensors,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  read: ValuesReader | undefined,
): Result<Patch> => {
  const { id, edits, layer } = record;
  const common = { id, edits, layer, tensors: Object.fromEntries(tensors) as never };
  if (record.kind === "low-rank") return ok({ ...common, kind: record.kind, site: record.site });
  if (record.kind === "neurons") return ok({ ...common, kind: record.kind });
  const values = valuesOf(record, blobs, read);
  if (!values.ok) return values;
  return ok({ ...common, kind: record.kind, replace: record.replace, values: values.value });
};

/**
 * Reads a patch from its record and its blobs, whose digests the caller has verified, and checks that it can act on
 * `model`. The tensors lie on the blobs. The values of a codebook that are not among `blobs` are deferred to `read`.
 *
 * Errors: `malformed_manifest` for a blob of another size than claimed, `malformed_tensors`, those of `checkPatch`.
 */
export const decodePatch = (
  record: PatchRecord,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  model: PreparedModel,
  read?: ValuesReader,
): Result<Patch> => {
  const tensors = readBlob(record.id, record, blobs.get(record.blob)!);
  if (!tensors.ok) return tensors;
  const patch = assemble(record, tensors.value, blobs, read);
  return patch.ok ? checkPatch(patch.value, model) : patch;
};
