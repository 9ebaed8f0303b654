import type { Edit } from "../core/edit/edit.ts";
import { evenlySpaced } from "../core/evenly-spaced.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";
import { distanceBetween } from "./codebook-geometry.ts";
import { editPrompts } from "./negatives.ts";
import type { ProbeState } from "./probe-states.ts";

/** Other subjects put into each prompt of an edit: half of the kind that the edit is about, half of any kind. */
const SUBSTITUTES = 16;

const words = (text: string): readonly string[] => text.match(/[\p{L}\p{N}'’.-]+/gu) ?? [];

/** The longest run of words that every prompt of the edit shares; empty where they share none. */
const sharedWords = (prompts: readonly string[]): string => {
  const [first = [], ...others] = prompts.map(words);
  const padded = others.map((list) => ` ${list.join(" ")} `);
  for (let length = first.length; length > 0; length--)
    for (let start = 0; start + length <= first.length; start++) {
      const run = first.slice(start, start + length).join(" ");
      if (padded.every((text) => text.includes(` ${run} `))) return run;
    }
  return "";
};

/**
 * What an edit is about: its `subject`, or, where it names none, the words that its prompt and paraphrases have
 * in common. Undefined where that cannot be told.
 */
export const subjectOf = (edit: Edit): string | undefined => {
  if (edit.subject !== undefined) return edit.subject;
  return edit.paraphrases.length === 0 ? undefined : sharedWords(editPrompts(edit)) || undefined;
};

/** Subjects to stand in for the edit's own: of the relation nearest to `key` first, then of all. */
const substitutes = (
  subject: string,
  key: Float32Array,
  probes: readonly ProbeState[],
): readonly string[] => {
  const nearest = probes.reduce(
    (best, { probe, state }) => {
      const distance = distanceBetween(key, state);
      return distance < best.distance && probe.subject !== subject
        ? { distance, relation: probe.relation }
        : best;
    },
    { distance: Number.POSITIVE_INFINITY, relation: "" },
  );
  const of = (list: readonly ProbeState[]) =>
    [...new Set(list.map(({ probe }) => probe.subject))].filter((other) => other !== subject);
  const related = of(probes.filter(({ probe }) => probe.relation === nearest.relation));
  return [
    ...new Set([...evenlySpaced(related, SUBSTITUTES / 2), ...evenlySpaced(of(probes), SUBSTITUTES / 2)]),
  ];
};

/**
 * The states [d] of the edit's own prompts with other subjects in the place of its own: the hardest negatives
 * there are, and the ones that keep a ball tight where the model's domain has no probe like the edit.
 * Empty where the edit's subject cannot be told or there are no probes to take subjects from.
 */
export const siblingStates = async (
  edit: Edit,
  key: Float32Array,
  layer: number,
  probes: readonly ProbeState[],
  engine: Engine,
): Promise<Result<readonly Float32Array[]>> => {
  const subject = subjectOf(edit);
  if (subject === undefined) return ok([]);
  const states: Float32Array[] = [];
  for (const other of substitutes(subject, key, probes))
    for (const prompt of editPrompts(edit).filter((text) => text.includes(subject))) {
      const queried = await engine.query(
        prompt.replace(subject, () => other),
        [layer],
      );
      // A longer subject may push a prompt over the context; it is one negative less.
      if (!queried.ok && queried.problem.code === "prompt_too_long") continue;
      if (!queried.ok) return fail(queried.problem);
      states.push(queried.value.get(layer)!);
    }
  return ok(states);
};
