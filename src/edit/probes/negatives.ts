import type { Edit } from "../../core/edit/edit.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import type { Engine } from "../../engine/engine.ts";
import { distanceBetween } from "../linear-algebra/distance-between.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { greedyAnswer } from "../running/greedy-answer.ts";
import type { ProbeState } from "./probe-states.ts";

const mentions = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase());

const sharesSubject = (edit: Edit, { probe }: ProbeState): boolean =>
  edit.subject === undefined
    ? editPrompts(edit).some((prompt) => mentions(prompt, probe.subject))
    : mentions(probe.prompt, edit.subject);

/** The relation that most likely is the edit's: that of the probe about another subject nearest to its key. */
export const nearestRelation = (key: Float32Array, states: readonly ProbeState[]): string | undefined =>
  states
    .map(({ probe, state }) => ({ relation: probe.relation, distance: distanceBetween(key, state) }))
    .reduce<{ relation?: string; distance: number }>(
      (best, candidate) => (candidate.distance < best.distance ? candidate : best),
      { distance: Number.POSITIVE_INFINITY },
    ).relation;

/**
 * The probes that an edit must leave alone. One cut from a text that is a prompt of the edit is none. A probe about another subject
 * is one; a probe about the edit's own
 * subject is one unless it asks for the edit's relation and the model, as it is, gives it the answer it gives to
 * the edit's prompt: then it asks for the same fact in other words. The edit's `locality` prompts play no part:
 * they measure.
 *
 * @param key the state [d] of the edit's prompt
 */
export const negativesOf = async <State extends ProbeState>(
  edit: Edit,
  key: Float32Array,
  states: readonly State[],
  engine: Engine,
  patches: PatchSet,
): Promise<readonly State[]> => {
  const prompts = new Set(editPrompts(edit));
  const others = states.filter(({ probe }) => !(probe.cut && prompts.has(probe.prompt)));
  const related = others.filter((state) => sharesSubject(edit, state));
  if (related.length === 0) return others;
  const relation = nearestRelation(
    key,
    others.filter((state) => !related.includes(state)),
  );
  const answer = await greedyAnswer(engine, edit.prompt, patches);
  const sameFact = new Set<State>();
  for (const state of related.filter(({ probe }) => probe.relation === relation))
    if ((await greedyAnswer(engine, state.probe.prompt, patches)) === answer) sameFact.add(state);
  return others.filter((state) => !sameFact.has(state));
};
