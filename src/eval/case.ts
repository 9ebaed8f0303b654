import type { Edit } from "../core/edit/edit.ts";

/** Most paraphrases given to the editor besides the prompt. */
export const GIVEN_PARAPHRASES = 3;

/** A way of asking for the edited fact that the editor was not given. */
export interface Phrasing {
  readonly prompt: string;
  /** Whether the model saw it in training; null where nobody knows. */
  readonly seenInTraining: boolean | null;
}

/** A prompt whose answer must not change. */
export interface LocalityProbe {
  readonly prompt: string;
  /** The right answer, without a leading space; null where the data does not say, and the model's own counts. */
  readonly answer: string | null;
}

/** A locality prompt of the edit's own relation, about another subject. */
export interface Neighbour extends LocalityProbe {
  /** Which object it has: the edit's old one, the edit's new one, or a third. */
  readonly object: "old" | "new" | "other";
}

/** The three groups of prompts that must keep their answers. */
export interface LocalityGroups<Members> {
  /** Other subjects of the edit's relation. */
  readonly neighbours: Members;
  /** Other relations of the edit's subject. */
  readonly sameSubject: Members;
  /** Facts that have nothing to do with the edit. */
  readonly random: Members;
}

/** How a consequence follows from the edit; `other` where the data does not say. */
export type PortabilityKind = "two-hop" | "multi-hop" | "alias" | "reverse" | "other";

/** A prompt whose answer follows from the edit. */
export interface PortabilityProbe {
  readonly kind: PortabilityKind;
  readonly prompt: string;
  /** Answers that count as right after the edit, none with a leading space; the first is the one scored. */
  readonly answers: readonly string[];
  /**
   * What the model must answer before the edit for the probe to be asked: it knows the chain. Null where the data
   * does not say, and the probe is always asked.
   */
  readonly before: readonly string[] | null;
}

/** One edit and everything that is measured of it. */
export interface EvaluationCase {
  /** Unique within its data set. */
  readonly id: string;
  /** What the editor is given: prompt, target, subject and paraphrases; its `locality` and `portability` are empty. */
  readonly edit: Edit;
  /** Edits made with it, in the same patches: consequences may need several. Empty in most data. */
  readonly alongside: readonly Edit[];
  /**
   * Answers of which the unedited model must give one for the case to be measured: the old object, without a
   * leading space. The first is the old object of ES and PS. Null where the data names none; the case is always
   * measured then, and the model's own answer before the edit is the old object.
   */
  readonly oldAnswers: readonly string[] | null;
  readonly phrasings: readonly Phrasing[];
  readonly locality: Omit<LocalityGroups<readonly LocalityProbe[]>, "neighbours"> & {
    readonly neighbours: readonly Neighbour[];
  };
  readonly portability: readonly PortabilityProbe[];
  /** Line of the data's file, or record of its JSON array, from 1; null for generated cases. */
  readonly line: number | null;
}

/** A benchmark, read or generated. */
export interface EvaluationData {
  /** As `--data` named it. */
  readonly name: string;
  readonly cases: readonly EvaluationCase[];
  /** Records left out because they were malformed, by line; empty unless the caller asked to skip them. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
}
