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
import { CODEBOOK_MAX_ENTRIES, CODEBOOK_MAX_TARGET_TOKENS } from "../core/patch/codebook-limits.ts";
import {
  CHANNEL_MAX_DISABLED,
  CHANNEL_MAX_HOTFIXES,
  CHANNEL_NAME_MAX_LENGTH,
} from "../core/release/channel.ts";
import { MESSAGE_MAX_LENGTH } from "../core/release/plan-move.ts";
import { HEADER_MAX_BYTES } from "../core/tensor/safetensors.ts";
import { HIGHEST_TEMPERATURE, LONGEST_STOP, MOST_STOPS } from "../engine/decoding/admit-request.ts";
import { TWICE_HELD_WEIGHTS_BYTES } from "../engine/runner/model-sessions.ts";
import { RESIDENT_BYTES } from "../engine/search/resident-rows.ts";
import { BLOB_ROW_MAX_BYTES } from "../store/ports.ts";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/**
 * Every bound that the service puts on a request, by the name under which `/v1/info` lists it. How many
 * tokens prompt and answer may have together is the model's own `context`, listed with the model.
 */
export const LIMITS = {
  /** Bytes of a JSON body on any route that has no limit of its own. */
  jsonBodyBytes: MEBIBYTE,
  /** Bytes of the body that publishes a bundle: manifest and report are base64 in it. */
  publishBodyBytes: 16 * MEBIBYTE,
  /** Bytes of one blob: a patch's tensors, or a model's graphs, weights or tokenizer. */
  blobBytes: 64 * MEBIBYTE,
  /** Digests in one question for missing blobs. */
  missingDigests: 1000,
  /** Prompts in one completion request. */
  prompts: 16,
  /** Alternatives reported for each token; OpenAI's bound. */
  logprobs: 5,
  /** Highest sampling temperature. */
  temperature: HIGHEST_TEMPERATURE,
  /** Stop sequences. */
  stopSequences: MOST_STOPS,
  /** Characters of one stop sequence. */
  stopCharacters: LONGEST_STOP,
  /** Characters of the text that `errata.score` scores. */
  scoreCharacters: 4096,
  /** Rows of one page of a list. */
  pageRows: 100,
  /** Hotfixes live on one channel. */
  channelHotfixes: CHANNEL_MAX_HOTFIXES,
  /** Patches disabled on one channel. */
  channelDisabledPatches: CHANNEL_MAX_DISABLED,
  /** Characters of a move's message. */
  messageCharacters: MESSAGE_MAX_LENGTH,
  /** Characters of a token's name. */
  tokenNameCharacters: 100,
  /** Bytes of patch tensors that an isolate keeps for later requests. */
  patchSetCacheBytes: 24 * MEBIBYTE,
  /** Bytes of codebook values that a bundle's load reads at once; above that they are read on a hit. */
  eagerValuesBytes: 8 * MEBIBYTE,
  /** Bytes of codebook values, read on a hit, that an isolate keeps for later ones. */
  valuesCacheBytes: 4 * MEBIBYTE,
  /** Bytes of codebook keys that stay in the memory of the search. */
  residentKeyBytes: RESIDENT_BYTES,
  /** Bytes of a model's weights up to which its plain graph is loaded beside the one with patch inputs. */
  twiceHeldWeightsBytes: TWICE_HELD_WEIGHTS_BYTES,
  /** Names and versions whose records an isolate keeps; they never change. */
  recordCacheEntries: 1000,
  /** Base models that an isolate keeps loaded; the default one takes 52 MB of its 128. */
  loadedModels: 1,
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
