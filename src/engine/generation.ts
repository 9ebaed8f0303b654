import type { CodebookPatch } from "../core/patch/kinds/codebook.ts";
import type { Patch } from "../core/patch/patch.ts";

/** What to generate, as the engine takes it: validated, with every default filled in. */
export interface GenerationRequest {
  /** Text, or token ids taken as they are. */
  readonly prompt: string | readonly number[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** Makes sampling repeatable; chosen by the caller, as the engine holds no randomness of its own. */
  readonly seed: number;
  /** Generation ends before the first of these that appears; none of it is emitted. */
  readonly stop: readonly string[];
  /** How many alternatives to report for each token; null for no log-probabilities at all. */
  readonly logprobs: number | null;
  /** Emit the prompt's tokens first, with their log-probabilities where `logprobs` asks for them. */
  readonly echo: boolean;
}

/** A token and the natural logarithm of its probability. */
export interface TokenLogprob {
  readonly id: number;
  readonly text: string;
  readonly logprob: number;
}

/** Text released by the engine. `text` may be empty while a multi-byte character or a stop sequence is open. */
export interface TokenEvent {
  readonly kind: "token";
  readonly text: string;
  /** The tokens this text is made of, in order; empty for text flushed at the end. */
  readonly tokens: readonly {
    readonly id: number;
    readonly text: string;
    /** Null where not asked for, and for the first token of an echoed prompt. */
    readonly logprob: number | null;
    readonly top: readonly TokenLogprob[];
  }[];
  /** True for the prompt's own tokens under `echo`. */
  readonly echoed: boolean;
}

/** The codebook entry nearest to the prompt, whether it hit or not. */
export interface NearestEntry {
  readonly layer: number;
  readonly patch: CodebookPatch;
  /** Row of the entry within its patch. */
  readonly row: number;
  /** Euclidean distance between the prompt's state and the key. */
  readonly distance: number;
  readonly radius: number;
  readonly hit: boolean;
}

/** How long the parts took, in milliseconds of the caller's clock. */
export interface GenerationTimings {
  readonly prefill: number;
  readonly decode: number;
}

/** Always the last event of a generation that was not abandoned. */
export interface FinishEvent {
  readonly kind: "finish";
  /** `stop`: end-of-text token or a stop sequence; `length`: token or context limit; `cancelled`: the client hung up. */
  readonly reason: "stop" | "length" | "cancelled";
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Patches whose entry hit or whose neurons fired in this request, in order of first effect. */
  readonly fired: readonly Patch[];
  /** The nearest codebook entry of each codebook layer that holds entries. */
  readonly nearest: readonly NearestEntry[];
  readonly timings: GenerationTimings;
}

/** What a generation yields. */
export type GenerationEvent = TokenEvent | FinishEvent;

/** Log-probabilities of a target after a prompt, with the codebook consulted at the prompt's end. */
export interface Score {
  readonly tokens: readonly TokenLogprob[];
  /** For each target position, whether the target token was the most probable one. */
  readonly greedy: readonly boolean[];
  readonly fired: readonly Patch[];
  readonly nearest: readonly NearestEntry[];
}
