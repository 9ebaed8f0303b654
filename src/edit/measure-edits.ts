import type { Edit } from "../core/edit/edit.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { ok, type Result } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";
import { targetText } from "./edit-identity.ts";
import { greedyAnswer } from "./greedy-answer.ts";
import { letEventsIn } from "./let-events-in.ts";
import type { EditingContext } from "./method.ts";
import { editPrompts, localityPrompts } from "./negatives.ts";
import type { ProbePrompt } from "./probes.ts";
import { silentProbes } from "./silent-probes.ts";

/** One prompt, asked of the model before and after. */
export interface AnswerChange {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

/** One edit, measured in free-running generation. */
export interface MeasuredEdit {
  readonly target: string;
  /** The edit's own prompt first, then the paraphrases that the method was given. */
  readonly answers: readonly (AnswerChange & { readonly fixed: boolean })[];
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

/** What to compare: a model under two patch sets. */
interface Comparison {
  readonly engine: Engine;
  readonly before: PatchSet;
  readonly after: PatchSet;
}

const compare = async ({ engine, before, after }: Comparison, prompt: string): Promise<AnswerChange> => ({
  prompt,
  before: await greedyAnswer(engine, prompt, before),
  after: await greedyAnswer(engine, prompt, after),
});

const measureEdit = async (edit: Edit, comparison: Comparison): Promise<MeasuredEdit> => {
  const answers: MeasuredEdit["answers"][number][] = [];
  for (const prompt of editPrompts(edit)) {
    const answer = await compare(comparison, prompt);
    answers.push({ ...answer, fixed: answer.after === targetText(edit) });
  }
  const locality: AnswerChange[] = [];
  for (const prompt of localityPrompts(edit)) locality.push(await compare(comparison, prompt));
  return { target: targetText(edit), answers, locality };
};

/**
 * Asks every prompt of the edits before and after, and those of the probes that a patch may act on. A prompt that is in
 * the edits is no probe. Errors: those of `silentProbes`; `cancelled`.
 */
export const measureEdits = async (
  edits: readonly Edit[],
  probes: readonly ProbePrompt[],
  { before, after }: Pick<Comparison, "before" | "after">,
  context: Pick<EditingContext, "model" | "graph" | "engine" | "onProgress" | "signal">,
): Promise<Result<MeasuredEdits>> => {
  const own = new Set(edits.flatMap(editPrompts));
  const others = probes.filter(({ prompt }) => !own.has(prompt));
  const silent = await silentProbes([before, after], others, context);
  if (!silent.ok) return silent;
  const { engine, onProgress, signal } = context;
  const comparison = { engine, before, after };
  const asked = others.filter((probe) => !silent.value.has(probe));
  const total = edits.length + asked.length;
  const measured: MeasuredEdit[] = [];
  for (const edit of edits) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    measured.push(await measureEdit(edit, comparison));
    onProgress({ stage: "asking again", done: measured.length, total });
  }
  const answers: AnswerChange[] = [];
  for (const { prompt } of asked) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    answers.push(await compare(comparison, prompt));
    onProgress({ stage: "asking again", done: measured.length + answers.length, total });
  }
  const silentPrompts = [...silent.value].map(({ prompt }) => prompt);
  return ok({ mode: "free-running", edits: measured, probes: answers, silentProbes: silentPrompts });
};

/** Counts of a measurement. */
export interface EditSummary {
  readonly edits: number;
  /** Edits whose own prompt gets the target. */
  readonly fixed: number;
  readonly paraphrases: number;
  readonly paraphrasesFixed: number;
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
  const locality = edits.flatMap((edit) => edit.locality);
  return {
    edits: edits.length,
    fixed: edits.filter(({ answers }) => answers[0]!.fixed).length,
    paraphrases: paraphrases.length,
    paraphrasesFixed: paraphrases.filter(({ fixed }) => fixed).length,
    locality: locality.length,
    localityUnchanged: locality.filter((answer) => !changed(answer)).length,
    probes: probes.length + silent.length,
    probesUnchanged: probes.filter((answer) => !changed(answer)).length + silent.length,
    probesSilent: silent.length,
  };
};
