/** One prompt, asked of the model before and after. */
export interface AnswerChange {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

/** A prompt whose answer should follow from an edit. */
export interface Consequence extends AnswerChange {
  /** The answer that should follow. */
  readonly expected: string;
  /** Whether the model gives that answer now. */
  readonly followed: boolean;
}

/** One edit, measured in free-running generation. */
export interface MeasuredEdit {
  readonly target: string;
  /** The edit's own prompt first, then the paraphrases that the method was given. */
  readonly answers: readonly (AnswerChange & { readonly fixed: boolean })[];
  /** What the edit names as following from it. */
  readonly portability: readonly Consequence[];
  /** The prompts that the edit names as not to change. */
  readonly locality: readonly AnswerChange[];
}

/** What edits did, in free-running greedy generation with a natural stop. */
export interface MeasuredEdits {
  readonly mode: "free-running";
  readonly edits: readonly MeasuredEdit[];
  /** The probe prompts that were asked, nearest to the edits first. */
  readonly probes: readonly AnswerChange[];
  /** The probe prompts that were not, as no patch acts on them, before or after: their answers cannot change. */
  readonly silentProbes: readonly string[];
}

/** Whether the answer to a prompt is another than before. */
export const changed = ({ before, after }: AnswerChange): boolean => before !== after;

/** Counts of a measurement. */
export interface EditSummary {
  readonly edits: number;
  /** Edits whose own prompt gets the target. */
  readonly fixed: number;
  readonly paraphrases: number;
  readonly paraphrasesFixed: number;
  readonly portability: number;
  readonly portabilityFollowed: number;
  readonly locality: number;
  readonly localityUnchanged: number;
  readonly probes: number;
  readonly probesUnchanged: number;
  /** Probes that no patch acts on, before or after, so that they were not asked. */
  readonly probesSilent: number;
}

/** Counts what was measured. */
export const summarizeEdits = ({ edits, probes, silentProbes: silent }: MeasuredEdits): EditSummary => {
  const paraphrases = edits.flatMap(({ answers }) => answers.slice(1));
  const portability = edits.flatMap((edit) => edit.portability);
  const locality = edits.flatMap((edit) => edit.locality);
  return {
    edits: edits.length,
    fixed: edits.filter(({ answers }) => answers[0]!.fixed).length,
    paraphrases: paraphrases.length,
    paraphrasesFixed: paraphrases.filter(({ fixed }) => fixed).length,
    portability: portability.length,
    portabilityFollowed: portability.filter(({ followed }) => followed).length,
    locality: locality.length,
    localityUnchanged: locality.filter((answer) => !changed(answer)).length,
    probes: probes.length + silent.length,
    probesUnchanged: probes.filter((answer) => !changed(answer)).length + silent.length,
    probesSilent: silent.length,
  };
};
