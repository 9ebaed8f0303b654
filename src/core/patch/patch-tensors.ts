import type { BlobRecord, PatchRecord, TensorRecord } from "../bundle/manifest.ts";
import type { Digest } from "../digest.ts";
import { digestOf } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import { checkFinite, elementTypeOf, writeSafetensors } from "../tensor/safetensors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { areResident, residentValues } from "./chain-values.ts";
import { codebookFault } from "./codebook-content.ts";
import type { Patch } from "./patch.ts";
import type { PatchPlace, TensorForm } from "./patch-shape.ts";
import { checkPatchShapes, hookFor } from "./patch-shape.ts";

type NamedTensors = Readonly<Record<string, Tensor>>;

const placeOf = ({ id, kind, layer, ...rest }: Patch): PatchPlace =>
  "site" in rest ? { id, kind, layer, site: rest.site } : { id, kind, layer };

/** The tensors in memory: all of a patch's but the values of a codebook that are to be read on a hit. */
const tensorsAtHand = (patch: Patch): NamedTensors =>
  patch.kind === "codebook" && areResident(patch.values)
    ? { ...patch.tensors, values: patch.values }
    : { ...patch.tensors };

const formsOf = (patch: Patch): ReadonlyMap<string, TensorForm> => {
  const forms = Object.entries(tensorsAtHand(patch)).map(
    ([name, tensor]) => [name, { dtype: elementTypeOf(tensor), shape: tensor.shape }] as const,
  );
  const deferred = patch.kind === "codebook" && !areResident(patch.values) ? [patch.values] : [];
  return new Map<string, TensorForm>([
    ...forms,
    ...deferred.map(({ shape }) => ["values", { dtype: "F32", shape }] as const),
  ]);
};

/**
 * Checks that `patch` can act on `model`: a hook at its place, its tensors' names, dtypes and shapes, finite
 * numbers, and for a codebook radii, chains and targets. Of values that are not in memory only the shape is checked.
 *
 * Errors: `wrong_base_model`, `shape_mismatch`, `non_finite_tensor`, `malformed_tensors`, `limit_exceeded`.
 */
export const checkPatch = (patch: Patch, model: PreparedModel): Result<Patch> => {
  const hook = hookFor(placeOf(patch), model);
  if (!hook.ok) return hook;
  const shapes = checkPatchShapes(patch.id, formsOf(patch), hook.value);
  if (!shapes.ok) return shapes;
  for (const [name, tensor] of Object.entries(tensorsAtHand(patch))) {
    const finite = checkFinite(name, tensor);
    if (!finite.ok) return finite;
  }
  const fault =
    patch.kind === "codebook" ? codebookFault(patch.id, patch.tensors, model.dims.vocabulary) : null;
  return fault === null ? ok(patch) : fail(fault);
};

/** The records of `tensors`, by name. */
export const tensorRecords = (tensors: NamedTensors): TensorRecord[] =>
  Object.entries(tensors)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, tensor]) => ({ name, dtype: elementTypeOf(tensor), shape: [...tensor.shape] }));

interface EncodedBlob {
  readonly record: BlobRecord;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const encodeBlob = async (tensors: NamedTensors): Promise<EncodedBlob> => {
  const bytes = writeSafetensors(tensors);
  const record = { tensors: tensorRecords(tensors), blob: await digestOf(bytes), bytes: bytes.length };
  return { record, bytes };
};

/** A patch as a bundle keeps it: the manifest's record, and the blobs that the record names. */
export interface EncodedPatch {
  readonly record: PatchRecord;
  readonly blobs: ReadonlyMap<Digest, Uint8Array<ArrayBuffer>>;
}

/**
 * Turns a patch into its manifest record and its safetensors blobs; equal patches give equal bytes. Throws where a
 * codebook's values are not in memory.
 */
export const encodePatch = async (patch: Patch): Promise<EncodedPatch> => {
  const first = await encodeBlob({ ...patch.tensors });
  const common = { id: patch.id, layer: patch.layer, edits: [...patch.edits], ...first.record };
  const blobs = new Map([[first.record.blob, first.bytes]]);
  if (patch.kind === "low-rank") return { record: { kind: patch.kind, site: patch.site, ...common }, blobs };
  if (patch.kind === "neurons") return { record: { kind: patch.kind, ...common }, blobs };
  const values = await encodeBlob({ values: residentValues(patch.values) });
  blobs.set(values.record.blob, values.bytes);
  const { kind, replace } = patch;
  return { record: { kind, replace, ...common, values: values.record }, blobs };
};
