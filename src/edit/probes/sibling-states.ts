import type { Edit } from "../../core/edit/edit.ts";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { promptsAbout, subjectOf } from "../prompts/subject-of.ts";
import { isSure } from "../running/greedy-answer.ts";
import { nearMissPrompts } from "./near-misses.ts";
import { nearestRelation } from "./negatives.ts";
import type { ProbeState } from "./probe-states.ts";

/** Other subjects put into each prompt of an edit: half of the kind that the edit is about, half of any kind. */
const SUBSTITUTES = 16;

/** Subjects to stand in for the edit's own: of the relation nearest to `key` first, then of all. */
const substitutes = (
  subject: string,
  key: Float32Array,
  probes: readonly ProbeState[],
): readonly string[] => {
  const relation = nearestRelation(
    key,
    probes.filter(({ probe }) => probe.subject !== subject),
  );
  const of = (list: readonly ProbeState[]) =>
    [...new Set(list.map(({ probe }) => probe.subject))].filter((other) => other !== subject);
  const related = of(probes.filter(({ probe }) => probe.relation === relation));
  return [
    ...new Set([...evenlySpaced(related, SUBSTITUTES / 2), ...evenlySpaced(of(probes), SUBSTITUTES / 2)]),
  ];
};

/** The edit's own prompts with other subjects in the place of its own; none where that cannot be told. */
const substitutedPrompts = (
  edit: Edit,
  key: Float32Array,
  probes: readonly ProbeState[],
): readonly string[] => {
  const subject = subjectOf(edit);
  if (subject === undefined) return [];
  return substitutes(subject, key, probes).flatMap((other) => promptsAbout(edit, subject, other));
};

/**
 * The states [d] of the edit's own prompts about other subjects, and about what is nearly its own: the hardest
 * negatives there are, and the ones that keep a ball tight where the model's domain has no probe like the edit.
 */
export const siblingStates = async (
  edit: Edit,
  key: Float32Array,
  layer: number,
  probes: readonly ProbeState[],
  engine: Engine,
): Promise<Result<readonly Float32Array[]>> => {
  const own = new Set(editPrompts(edit));
  const known = await isSure(engine, edit.prompt);
  const prompts = new Set([...substitutedPrompts(edit, key, probes), ...nearMissPrompts(edit, known)]);
  const states: Float32Array[] = [];
  for (const prompt of prompts) {
    if (own.has(prompt)) continue;
    const queried = await engine.query(prompt, [layer]);
    // A longer subject may push a prompt over the context; it is one negative less.
    if (!queried.ok && queried.problem.code === "prompt_too_long") continue;
    if (!queried.ok) return fail(queried.problem);
    states.push(queried.value.get(layer)!);
  }
  return ok(states);
};
