import { MESSAGE_MAX_LENGTH } from "../core/release/plan-move.ts";
import { HIGHEST_TEMPERATURE, LONGEST_STOP, MOST_STOPS } from "../core/sampling-limits.ts";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** Every bound of a request, by the name under which `/v1/info` lists it. */
export const REQUEST_LIMITS = {
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
  /** Characters of a move's message. */
  messageCharacters: MESSAGE_MAX_LENGTH,
  /** Characters of a token's name. */
  tokenNameCharacters: 100,
} as const;
