import { type Edit, probePrompt } from "../core/edit/edit.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import type { Engine } from "../engine/engine.ts";
import { greedyAnswer } from "./greedy-answer.ts";
import type { ProbeState } from "./probe-states.ts";

/** The prompts that an edit is made from: its own and its paraphrases. */
export const editPrompts = (edit: Edit): readonly string[] => [edit.prompt, ...edit.paraphrases];

const mentions = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase());

const sharesSubject = (edit: Edit, { probe }: ProbeState): boolean =>
  edit.subject === undefined
    ? editPrompts(edit).some((prompt) => mentions(prompt, probe.subject))
    : mentions(probe.prompt, edit.subject);

/**
 * The probes that an edit must leave alone. A probe about another subject is one; a probe about the edit's own
 * subject is one unless the model, as it is, gives it the answer it gives to the edit's prompt: then it most
 * likely asks for the same fact in other words. The edit's `locality` prompts play no part: they measure.
 */
export const negativesOf = async (
  edit: Edit,
  states: readonly ProbeState[],
  engine: Engine,
  patches: PatchSet,
): Promise<readonly ProbeState[]> => {
  const related = states.filter((state) => sharesSubject(edit, state));
  if (related.length === 0) return states;
  const answer = await greedyAnswer(engine, edit.prompt, patches);
  const sameFact = new Set<ProbeState>();
  for (const state of related)
    if ((await greedyAnswer(engine, state.probe.prompt, patches)) === answer) sameFact.add(state);
  return states.filter((state) => !sameFact.has(state));
};

/** The prompts that an edit names as not to change. */
export const localityPrompts = (edit: Edit): readonly string[] => edit.locality.map(probePrompt);
