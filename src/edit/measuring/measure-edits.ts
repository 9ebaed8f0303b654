import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { mapItems } from "../frame/map-items.ts";
import { composePatches } from "../frame/parent.ts";
import type { EditingContext } from "../method.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import { answerText, givesTarget, targetText } from "../prompts/edit-identity.ts";
import { editPrompts, localityPrompts } from "../prompts/edit-prompts.ts";
import { greedyAnswer } from "../running/greedy-answer.ts";
import { type Compute, PLAIN_WORKBENCH, type Task } from "../workbench.ts";
import type { AnswerChange, Consequence, MeasuredEdit, MeasuredEdits } from "./measured-edits.ts";
import { silentProbes } from "./silent-probes.ts";

/** What to compare: the model under two sets of patches. */
export interface Comparison {
  readonly before: readonly Patch[];
  readonly after: readonly Patch[];
}

/** Both sides of a comparison as the engine takes them. */
interface ComparedSets {
  readonly before: PatchSet;
  readonly after: PatchSet;
}

const composeBoth = (
  { before, after }: Comparison,
  context: Pick<EditingContext, "model">,
): Result<ComparedSets> => {
  const first = composePatches(before, context);
  if (!first.ok) return first;
  const second = composePatches(after, context);
  return second.ok ? ok({ before: first.value, after: second.value }) : second;
};

const askUnder =
  (sets: ComparedSets, { engine }: Pick<EditingContext, "engine">): Compute<string, AnswerChange> =>
  async (prompt) =>
    ok({
      prompt,
      before: await greedyAnswer(engine, prompt, sets.before),
      after: await greedyAnswer(engine, prompt, sets.after),
    });

/** A prompt asked before and after, for workers. Errors: those of `composePatchSet`. */
export const askedAgain: Task<Comparison, string, AnswerChange> = {
  name: "asked-again",
  open: async (comparison, context) => {
    const sets = composeBoth(comparison, context);
    return sets.ok ? ok(askUnder(sets.value, context)) : sets;
  },
};

const consequence = (named: string, answer: AnswerChange): Consequence => {
  const expected = answerText(named);
  return { ...answer, expected, followed: answer.after === expected };
};

/** All prompts that an edit says something about. */
const namedPrompts = (edit: Edit): readonly string[] => [
  ...editPrompts(edit),
  ...edit.portability.map(({ prompt }) => prompt),
  ...localityPrompts(edit),
];

const measuredEdit = (edit: Edit, answerTo: (prompt: string) => AnswerChange): MeasuredEdit => {
  const target = targetText(edit);
  return {
    target,
    answers: editPrompts(edit).map((prompt) => {
      const answer = answerTo(prompt);
      return { ...answer, fixed: givesTarget(edit, answer.after) };
    }),
    portability: edit.portability.map((probe) => consequence(probe.answer, answerTo(probe.prompt))),
    locality: localityPrompts(edit).map(answerTo),
  };
};

/**
 * Asks every prompt of the edits before and after, and those of the probes that a patch may act on. A prompt that is in
 * the edits, whatever for, is no probe. Errors: those of `silentProbes` and of `composePatchSet`; `cancelled`.
 */
export const measureEdits = async (
  edits: readonly Edit[],
  probes: readonly ProbePrompt[],
  comparison: Comparison,
  context: Pick<EditingContext, "model" | "graph" | "engine" | "workbench" | "onProgress" | "signal">,
): Promise<Result<MeasuredEdits>> => {
  const sets = composeBoth(comparison, context);
  if (!sets.ok) return sets;
  const own = new Set(edits.flatMap(namedPrompts));
  const others = probes.filter(({ prompt }) => !own.has(prompt));
  const silent = await silentProbes([sets.value.before, sets.value.after], others, context);
  if (!silent.ok) return silent;
  const asked = others.filter((probe) => !silent.value.has(probe)).map(({ prompt }) => prompt);
  const prompts = [...new Set([...own, ...asked])];
  const here = askUnder(sets.value, context);
  const work = {
    task: askedAgain,
    key: askedAgain.name,
    shared: () => comparison,
    here,
    stage: "asking again",
  };
  // Not kept: asking is soon done again, and what is kept are edits.
  const workbench = { ...PLAIN_WORKBENCH, workers: context.workbench.workers };
  const answered = await mapItems(prompts, work, { ...context, workbench });
  if (!answered.ok) return answered;
  const answers = new Map(answered.value.map((answer) => [answer.prompt, answer]));
  const answerTo = (prompt: string) => answers.get(prompt)!;
  return ok({
    mode: "free-running",
    edits: edits.map((edit) => measuredEdit(edit, answerTo)),
    probes: asked.map(answerTo),
    silentProbes: [...silent.value].map(({ prompt }) => prompt),
  });
};
