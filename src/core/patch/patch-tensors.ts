import type { PatchRecord, TensorRecord } from "../bundle/manifest.ts";
import { digestOf } from "../digest.ts";
import type { PreparedModel } from "../model/prepared-model.ts";
import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import { checkFinite, elementTypeOf, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { FloatTensor, IntTensor, Tensor } from "../tensor/tensor.ts";
import { codebookFault } from "./codebook-content.ts";
import type { Patch } from "./patch.ts";
import type { PatchPlace } from "./patch-shape.ts";
import { checkPatchShapes, hookFor } from "./patch-shape.ts";

const placeOf = ({ id, kind, layer, ...rest }: Patch | PatchRecord): PatchPlace =>
  "site" in rest ? { id, kind, layer, site: rest.site } : { id, kind, layer };

const tensorRecords = (tensors: ReadonlyMap<string, Tensor>): TensorRecord[] =>
  [...tensors]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, tensor]) => ({ name, dtype: elementTypeOf(tensor), shape: [...tensor.shape] }));

const checkTensors = (
  place: PatchPlace,
  tensors: ReadonlyMap<string, Tensor>,
  model: PreparedModel,
): Result<true> => {
  const hook = hookFor(place, model);
  if (!hook.ok) return hook;
  const shapes = checkPatchShapes(place.id, tensors, hook.value);
  if (!shapes.ok) return shapes;
  for (const [name, tensor] of tensors) {
    const finite = checkFinite(name, tensor);
    if (!finite.ok) return finite;
  }
  return ok(true);
};

const checkContent = (patch: Patch, model: PreparedModel): Result<Patch> => {
  const fault =
    patch.kind === "codebook" ? codebookFault(patch.id, patch.tensors, model.dims.vocabulary) : null;
  return fault === null ? ok(patch) : fail(fault);
};

/**
 * Checks that `patch` can act on `model`: a hook at its place, its tensors' names, dtypes and shapes, finite
 * numbers, and for a codebook radii and targets.
 *
 * Errors: `wrong_base_model`, `shape_mismatch`, `non_finite_tensor`, `malformed_tensors`.
 */
export const checkPatch = (patch: Patch, model: PreparedModel): Result<Patch> => {
  const checked = checkTensors(placeOf(patch), new Map(Object.entries(patch.tensors)), model);
  return checked.ok ? checkContent(patch, model) : checked;
};

/** A patch as a bundle keeps it: the manifest's record, and the blob that the record names. */
export interface EncodedPatch {
  readonly record: PatchRecord;
  readonly blob: Uint8Array<ArrayBuffer>;
}

/** Turns a patch into its manifest record and its safetensors blob; equal patches give equal bytes. */
export const encodePatch = async (patch: Patch): Promise<EncodedPatch> => {
  const tensors: Readonly<Record<string, Tensor>> = { ...patch.tensors };
  const blob = writeSafetensors(tensors);
  const common = {
    id: patch.id,
    layer: patch.layer,
    edits: [...patch.edits],
    tensors: tensorRecords(new Map(Object.entries(tensors))),
    blob: await digestOf(blob),
    bytes: blob.length,
  };
  const record: PatchRecord =
    patch.kind === "low-rank"
      ? { kind: patch.kind, site: patch.site, ...common }
      : { kind: patch.kind, ...common };
  return { record, blob };
};

const checkRecord = (record: PatchRecord, tensors: ReadonlyMap<string, Tensor>): Result<true> => {
  const claimed = JSON.stringify(record.tensors.map(({ name, dtype, shape }) => [name, dtype, shape]).sort());
  const found = JSON.stringify(
    tensorRecords(tensors)
      .map(({ name, dtype, shape }) => [name, dtype, shape])
      .sort(),
  );
  if (claimed === found) return ok(true);
  return fail(
    problem(
      "shape_mismatch",
      `Patch "${record.id}": the manifest lists the tensors ${claimed}, its blob holds ${found}. Build the bundle again.`,
      { param: "tensors", detail: { patch: record.id, expected: claimed, got: found } },
    ),
  );
};

/** Joins a record and tensors that `checkTensors` found to be of its kind. */
const assemble = (record: PatchRecord, tensors: ReadonlyMap<string, Tensor>): Patch => {
  const float = (name: string): FloatTensor => tensors.get(name) as FloatTensor;
  const { id, edits, layer } = record;
  if (record.kind === "low-rank") {
    const { kind, site } = record;
    return { id, edits, layer, kind, site, tensors: { A: float("A"), B: float("B") } };
  }
  if (record.kind === "neurons")
    return {
      id,
      edits,
      layer,
      kind: record.kind,
      tensors: { K: float("K"), b: float("b"), V: float("V") },
    };
  return {
    id,
    edits,
    layer,
    kind: record.kind,
    tensors: {
      keys: float("keys"),
      values: float("values"),
      radii: float("radii"),
      targets: tensors.get("targets") as IntTensor,
    },
  };
};

/**
 * Reads a patch from its record and its blob, whose digest the caller has verified, and checks that it can act on
 * `model`. The tensors lie on `blob`.
 *
 * Errors: `malformed_tensors`, and those of `checkPatch`.
 */
export const decodePatch = (record: PatchRecord, blob: Uint8Array, model: PreparedModel): Result<Patch> => {
  const tensors = readSafetensors(blob);
  if (!tensors.ok) return tensors;
  const listed = checkRecord(record, tensors.value);
  if (!listed.ok) return listed;
  const checked = checkTensors(placeOf(record), tensors.value, model);
  return checked.ok ? checkContent(assemble(record, tensors.value), model) : checked;
};
