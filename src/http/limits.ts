import { MESSAGE_MAX_LENGTH } from "../core/release/plan-move.ts";
import { LONGEST_STOP, MOST_STOPS } from "../engine/admit-request.ts";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/**
 * Every bound that the service puts on a request, under the names that `/v1/info` lists them by. How many
 * tokens prompt and answer may have together is the model's own `context`, listed with the model.
 */
export const LIMITS = {
  /** Bytes of a JSON body on any route that has no limit of its own. */
  jsonBodyBytes: MEBIBYTE,
  /** Bytes of the body that publishes a bundle: manifest and report are base64 in it. */
  publishBodyBytes: 16 * MEBIBYTE,
  /** Bytes of one blob: a patch's tensors, or a model's graph, weights or tokenizer. */
  blobBytes: 64 * MEBIBYTE,
  /** Digests in one question for missing blobs. */
  missingDigests: 1000,
  /** Prompts in one completion request. */
  prompts: 16,
  /** Alternatives reported for each token; OpenAI's bound. */
  logprobs: 5,
  /** Stop sequences. */
  stopSequences: MOST_STOPS,
  /** Characters of one stop sequence. */
  stopCharacters: LONGEST_STOP,
  /** Characters of the text that `errata.score` scores. */
  scoreCharacters: 4096,
  /** Rows of one page of a list. */
  pageRows: 100,
  /** Characters of a release's message. */
  messageCharacters: MESSAGE_MAX_LENGTH,
  /** Characters of a token's name. */
  tokenNameCharacters: 100,
  /** Bytes of patch tensors that an isolate keeps for later requests. */
  patchSetCacheBytes: 24 * MEBIBYTE,
  /** Names and versions whose records an isolate keeps; they never change. */
  recordCacheEntries: 1000,
  /** Base models that an isolate keeps loaded; one takes 50 MB of its 128. */
  loadedModels: 1,
} as const;
