import {
  BUNDLE_MAX_PARAMETERS,
  BUNDLE_MAX_PATCHES,
  MANIFEST_MAX_BYTES,
  METHOD_NAME_MAX_LENGTH,
  PARAMETER_MAX_LENGTH,
} from "../core/bundle/manifest.ts";
import { BUNDLE_MAX_SIGNATURES } from "../core/bundle/signature.ts";
import { BUNDLE_MAX_EDITS, EDIT_ID_MAX_LENGTH } from "../core/edit/edit.ts";
import { MODEL_NAME_MAX_LENGTH } from "../core/model/model-name.ts";
import { PATCH_MAX_TENSORS, TENSOR_MAX_RANK, TENSOR_NAME_MAX_LENGTH } from "../core/patch/blob-record.ts";
import { CODEBOOK_MAX_ENTRIES, CODEBOOK_MAX_TARGET_TOKENS } from "../core/patch/codebook/codebook-limits.ts";
import {
  CHANNEL_MAX_DISABLED,
  CHANNEL_MAX_HOTFIXES,
  CHANNEL_NAME_MAX_LENGTH,
} from "../core/release/channel.ts";
import { HEADER_MAX_BYTES } from "../core/tensor/safetensors.ts";
import { ISOLATE_LIMITS } from "../service/answering/limits.ts";
import { BLOB_ROW_MAX_BYTES } from "../store/ports.ts";
import { REQUEST_LIMITS } from "../wire/limits.ts";

/**
 * Every bound that the service puts on a request, by the name under which `/v1/info` lists it. How many
 * tokens prompt and answer may have together is the model's own `context`, listed with the model.
 */
export const LIMITS = {
  ...REQUEST_LIMITS,
  /** Hotfixes live on one channel. */
  channelHotfixes: CHANNEL_MAX_HOTFIXES,
  /** Patches disabled on one channel. */
  channelDisabledPatches: CHANNEL_MAX_DISABLED,
  ...ISOLATE_LIMITS,
} as const;

/** The bounds of names and of the bundle format, which hold wherever a bundle is read; in `/v1/info` too. */
export const FORMAT_LIMITS = {
  modelNameCharacters: MODEL_NAME_MAX_LENGTH,
  channelNameCharacters: CHANNEL_NAME_MAX_LENGTH,
  manifestBytes: MANIFEST_MAX_BYTES,
  bundleSignatures: BUNDLE_MAX_SIGNATURES,
  bundleEdits: BUNDLE_MAX_EDITS,
  bundlePatches: BUNDLE_MAX_PATCHES,
  bundleParameters: BUNDLE_MAX_PARAMETERS,
  /** Characters of a hyper-parameter's name, and of its value. */
  parameterCharacters: PARAMETER_MAX_LENGTH,
  methodNameCharacters: METHOD_NAME_MAX_LENGTH,
  /** Characters of an edit's id, and of a patch's. */
  editIdCharacters: EDIT_ID_MAX_LENGTH,
  patchTensors: PATCH_MAX_TENSORS,
  tensorNameCharacters: TENSOR_NAME_MAX_LENGTH,
  tensorDimensions: TENSOR_MAX_RANK,
  /** Entries of the codebook of one layer, over all patches of a bundle. */
  codebookEntries: CODEBOOK_MAX_ENTRIES,
  /** Tokens of a codebook chain's target, the end of the answer included. */
  codebookTargetTokens: CODEBOOK_MAX_TARGET_TOKENS,
  /** Bytes of a safetensors header. */
  tensorHeaderBytes: HEADER_MAX_BYTES,
  /** Bytes of a blob kept as a database row; a larger one becomes an object, which readers do not notice. */
  blobRowBytes: BLOB_ROW_MAX_BYTES,
} as const;
