import type { LocalityGroups, PortabilityKind } from "./case.ts";

/** A figure with its 95 % confidence interval (bootstrap over the cases). Shares are in [0, 1]. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A 95 % confidence interval, for a figure that stands beside it. */
export type Interval = Omit<Estimate, "mean">;

/** An interval for each of `Names`; null where the figure itself is. */
export type Intervals<Names extends string> = Readonly<Record<Names, Interval | null>>;

/** One property in both modes; null where nothing of its kind was measured. */
export interface InBothModes {
  /** Greedy, natural stop, no hint of the target's length, exact match. */
  readonly freeRunning: Estimate | null;
  /** Every token given the right ones before it, as the literature measures. */
  readonly teacherForced: Estimate | null;
}

/** The properties. */
export interface Properties {
  /** Free-running: the prompt's answer is the target. Teacher-forced: ES. */
  readonly accuracy: InBothModes;
  /** The same of all phrasings not given to the editor. Teacher-forced: PS. */
  readonly generality: InBothModes;
  /** Free-running: the answer is the consequence. Teacher-forced: share of its tokens that are the most probable. */
  readonly portability: InBothModes | null;
  /** Free-running: mean of `groups`. Teacher-forced: NS, over the neighbours. */
  readonly locality: InBothModes & {
    /** Share of prompts in each group whose whole answer is unchanged; null for a group without prompts. */
    readonly groups: LocalityGroups<number | null>;
  };
}

/** How well the model writes on fixed text that no edit is about; null where none of it fits the context. */
export interface GeneralAbility {
  /** exp of the mean negative log-likelihood of the text's tokens. */
  readonly perplexity: number | null;
  /** Entropy of word n-grams of what it writes after fixed openings, in bits; the literature prints it times 100. */
  readonly fluency: number | null;
  /** Over the texts. */
  readonly intervals: Intervals<"perplexity" | "fluency">;
}

/** One checkpoint of the sequential protocol, free-running, all with the patches of `edits` edits. */
export interface SequentialPoint {
  readonly edits: number;
  /** Share of all edits so far whose prompt gets the target. */
  readonly accuracy: number;
  /** Share of prompts whose answer is as before any edit. */
  readonly neighbours: number | null;
  readonly sameSubject: number | null;
  readonly random: number | null;
  /** Over the edits so far, and over the prompts of each group. */
  readonly intervals: Intervals<"accuracy" | "neighbours" | "sameSubject" | "random">;
  readonly ability: GeneralAbility;
}

/** How near the prompt came to a codebook key. */
export interface Nearness {
  readonly distance: number;
  readonly radius: number;
}

/** A prompt that should get an answer, before and after the edit. */
export interface TargetedResult {
  readonly prompt: string;
  /** The answers, as generated, trimmed. */
  readonly before: string;
  readonly after: string;
  readonly expected: string;
  /** The whole answer after the edit is the expected one. */
  readonly correct: boolean;
  /** Mean negative log-likelihood of the expected answer's tokens after the edit, in nats. */
  readonly expectedLoss: number;
  /** The same of the old object; null where there is none that differs. */
  readonly oldLoss: number | null;
  /** Share of the expected answer's tokens that are the most probable, teacher-forced. */
  readonly tokenAccuracy: number;
  readonly nearest: Nearness | null;
}

/** A phrasing's result. */
export interface PhrasingResult extends TargetedResult {
  readonly seenInTraining: boolean | null;
}

/** A consequence's result. */
export interface PortabilityResult extends TargetedResult {
  readonly kind: PortabilityKind;
}

/** A prompt that should keep its answer. */
export interface LocalityResult {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
  /** The whole answer is the same. */
  readonly unchanged: boolean;
  /** Share of the former answer's tokens that are still the most probable, teacher-forced; null for an empty one. */
  readonly tokensUnchanged: number | null;
  /** Mean negative log-likelihood, after the edit, of the right answer and of the edit's target, in nats. */
  readonly answerLoss: number | null;
  readonly targetLoss: number | null;
  /** KL(before ‖ after) at the first answer token, in nats, over the tokens reported in both and one for the rest. */
  readonly divergence: number;
  readonly nearest: Nearness | null;
  /** For neighbours: which object they have. */
  readonly object?: "old" | "new" | "other";
}

/** What one edit costs. */
export interface CaseCost {
  readonly seconds: number;
  /** Bytes of its patches' blobs as a bundle stores them. */
  readonly bytes: number;
  /** Milliseconds of the edit's own prompt, before and after; null where not told. */
  readonly prefill: { readonly before: number; readonly after: number } | null;
  readonly perToken: { readonly before: number; readonly after: number } | null;
}

/** One measured case: every prompt, text before, text after. */
export interface CaseResult {
  readonly id: string;
  readonly line: number | null;
  readonly subject: string | null;
  readonly target: string;
  /** Why the method made no patch; null where it did. */
  readonly skipped: string | null;
  readonly accuracy: TargetedResult;
  /** Paraphrases that the editor was given; in no property. */
  readonly given: readonly TargetedResult[];
  readonly generality: readonly PhrasingResult[];
  readonly locality: LocalityGroups<readonly LocalityResult[]>;
  readonly portability: readonly PortabilityResult[];
  readonly cost: CaseCost;
}

/** How much edits cost. */
export interface Efficiency {
  readonly secondsPerEdit: number | null;
  readonly bytesPerEdit: number | null;
  /** Largest resident memory of the evaluating process; null where the method ran elsewhere. */
  readonly peakMemoryBytes: number;
  /** Workers that shared the machine while times were taken; 1 where one edit was made and measured at a time. */
  readonly workers: number;
  /** Added milliseconds by an edit's own patch; medians over the cases. */
  readonly addedPrefillMilliseconds: number | null;
  readonly addedMillisecondsPerToken: number | null;
  /** Over the cases. */
  readonly intervals: Intervals<
    "secondsPerEdit" | "bytesPerEdit" | "addedPrefillMilliseconds" | "addedMillisecondsPerToken"
  >;
}

/** What `errata eval --json` prints; everything but `efficiency` is the same on every run. */
export interface EvaluationReport {
  readonly method: string;
  readonly model: string;
  readonly data: string;
  /** Edits asked for; null for all there are. */
  readonly limit: number | null;
  /** Edits made at a time, in one application of the method, and measured under their joint patches; 1 is each alone. */
  readonly batch: number;
  /** Cases measured: the model knew the old answer. */
  readonly known: number;
  /** Cases left out because the unedited model does not give the old answer. */
  readonly dropped: number;
  readonly properties: Properties;
  /** Harmonic mean of the three dataset means accuracy, generality and locality; null where one is missing. */
  readonly s: { readonly freeRunning: number | null; readonly teacherForced: number | null };
  readonly sequential: readonly SequentialPoint[];
  /** Of the unedited model, to compare the sequential points' with. */
  readonly ability: GeneralAbility;
  readonly efficiency: Efficiency;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Records of the data file that were skipped as malformed. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** Every figure by name, with its interval; `generality.seen` and `locality.divergence` are among them. */
  readonly figures: Readonly<Record<string, Estimate>>;
  readonly cases: readonly CaseResult[];
}
