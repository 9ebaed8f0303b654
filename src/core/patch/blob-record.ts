import * as z from "zod";
import { digestSchema } from "../digest-schema.ts";
import { BUNDLE_MAX_EDITS, EDIT_ID_MAX_LENGTH } from "../edit/edit.ts";

/** Most tensors of one blob; no kind needs more than 4. */
export const PATCH_MAX_TENSORS = 8;
/** Most characters of a tensor's name. */
export const TENSOR_NAME_MAX_LENGTH = 40;
/** Most dimensions of one tensor; no kind needs more than 3. */
export const TENSOR_MAX_RANK = 4;

const tensorRecordSchema = z.strictObject({
  name: z.string().min(1).max(TENSOR_NAME_MAX_LENGTH),
  dtype: z.enum(["F32", "I32"]),
  shape: z.array(z.int().positive()).max(TENSOR_MAX_RANK),
});

/** One blob as a manifest records it. */
export const blobRecordSchema = z.strictObject({
  tensors: z.array(tensorRecordSchema).min(1).max(PATCH_MAX_TENSORS),
  blob: digestSchema,
  bytes: z.int().positive(),
});

/** One tensor of a patch record. */
export type TensorRecord = z.infer<typeof tensorRecordSchema>;
/** One blob of a patch record: its tensors, digest and size. */
export type BlobRecord = z.infer<typeof blobRecordSchema>;

/** What every kind's record has, the kind itself and its place aside; its tensors are in the blob that `blob` names. */
export const recordFields = {
  id: z.string().min(1).max(EDIT_ID_MAX_LENGTH),
  edits: z.array(z.int().nonnegative()).min(1).max(BUNDLE_MAX_EDITS),
  ...blobRecordSchema.shape,
};

/** The block of a kind that acts in one. */
export const layerSchema = z.int().nonnegative();
