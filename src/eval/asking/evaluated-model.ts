import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { Result } from "../../core/result.ts";
import type { Nearness } from "../report.ts";

/** Alternatives reported for the first answer token; what OpenAI's shape allows. */
export const ALTERNATIVES = 20;

/** What a model is asked under. */
export interface Attachment {
  readonly edits: readonly Edit[];
  /** Empty for the unedited model. `patches[].edits` point into `edits`. */
  readonly patches: readonly Patch[];
}

/** The unedited model. */
export const UNEDITED: Attachment = { edits: [], patches: [] };

/** A free-running answer: greedy, natural stop, the production decoder with its cache. */
export interface Answer {
  /** As generated, leading space and all; without the end of the answer. */
  readonly text: string;
  /** Log-probabilities, in nats, of the likeliest `ALTERNATIVES` tokens at the first position, by token text. */
  readonly first: ReadonlyMap<string, number>;
  /** The key nearest to the prompt; null without a codebook. Over several codebooks, the nearest in radii. */
  readonly nearest: Nearness | null;
  /** Milliseconds that the decoder took; null where the way it is asked does not tell. */
  readonly timings: { readonly prefill: number; readonly decode: number; readonly tokens: number } | null;
}

/** A target after a prompt, teacher-forced: every token is given the right tokens before it. */
export interface TargetScore {
  /** log p(token | prompt, the target's tokens before it), in nats, for each token of the target. */
  readonly logprobs: readonly number[];
  /** For each token of the target, whether it is the most probable one. */
  readonly greedy: readonly boolean[];
}

/** A model under one attachment. */
export interface Respondent {
  answer(prompt: string): Promise<Result<Answer>>;
  /** `target` continues `prompt` as it is written, so it brings its own leading space. */
  score(prompt: string, target: string): Promise<Result<TargetScore>>;
  /** Takes the patches off again. */
  close(): Promise<Result<null>>;
}

/**
 * The way to a model under evaluation: the local engine, or a service. Patches are attached as a client's are,
 * never merged into weights.
 */
export interface EvaluatedModel {
  /** Attaches patches; several respondents may be open at once. */
  attach(attachment: Attachment): Promise<Result<Respondent>>;
}
