import type { Edit } from "../../core/edit/edit.ts";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import { distanceBetween } from "../linear-algebra/distance-between.ts";
import type { EditingContext } from "../method.ts";
import type { DomainText } from "../neurons/domain-memory.ts";
import type { FeedForwardStates } from "../neurons/feed-forward-states.ts";
import { nearMissPrompts } from "../probes/near-misses.ts";
import { nearestRelation } from "../probes/negatives.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { promptsAbout, subjectOf } from "../prompts/subject-of.ts";
import { isSure } from "../running/greedy-answer.ts";

/** Other subjects of the edit's relation that its prompt is tried with. */
const CANDIDATES = 32;

/** Of those, the nearest ones, which all its phrasings are put to. */
const NEAREST = 12;

/** Other relations that the edit's own subject is put to: those that read most like its prompt at their end. */
const OTHER_RELATIONS = 12;

/** What hard memory is read with. */
export interface HardMemoryParts {
  readonly context: Pick<EditingContext, "engine" | "probes">;
  readonly states: FeedForwardStates;
  readonly domain: readonly DomainText[];
  readonly upstream: PatchSet;
}

/** A prompt with what the last FFN reads at all its positions. */
interface ReadPrompt {
  readonly prompt: string;
  /** [T, d] */
  readonly inputs: Float32Array;
}

const readPrompts = async (
  prompts: readonly string[],
  { context: { engine }, states, upstream }: HardMemoryParts,
): Promise<Result<readonly ReadPrompt[]>> => {
  const { context } = engine.model.dims;
  const encoded = prompts
    .map((prompt) => ({ prompt, ids: engine.tokenizer.encode(prompt) }))
    // A longer subject may push a prompt over the context; it is one negative less.
    .filter(({ ids }) => ids.length <= context);
  const read = await states.read(
    encoded.map(({ ids }) => ids),
    upstream,
  );
  if (!read.ok) return read;
  return ok(read.value.map(({ inputs }, index) => ({ prompt: encoded[index]!.prompt, inputs })));
};

/** Subjects of the edit's relation, evenly drawn from the model's domain. */
const relatedSubjects = (
  subject: string,
  relation: string | undefined,
  { context: { probes } }: HardMemoryParts,
): readonly string[] => {
  const related = probes.filter((probe) => probe.relation === relation && probe.subject !== subject);
  return evenlySpaced([...new Set(related.map((probe) => probe.subject))], CANDIDATES);
};

/** Prompts of other relations, about the edit's subject; one for each relation, the nearest first. */
const otherQuestions = (
  subject: string,
  query: Float32Array,
  relation: string | undefined,
  { domain }: HardMemoryParts,
): readonly string[] => {
  const nearest = new Map<string, { readonly prompt: string; readonly distance: number }>();
  for (const { probe, state } of domain) {
    if (probe.relation === relation || !probe.prompt.includes(probe.subject)) continue;
    const distance = distanceBetween(query, state);
    if (distance >= (nearest.get(probe.relation)?.distance ?? Number.POSITIVE_INFINITY)) continue;
    nearest.set(probe.relation, {
      prompt: probe.prompt.replaceAll(probe.subject, () => subject),
      distance,
    });
  }
  const ordered = [...nearest.values()].sort((a, b) => a.distance - b.distance);
  return ordered.slice(0, OTHER_RELATIONS).map(({ prompt }) => prompt);
};

/** The subjects whose prompt ends nearest to the edit's, the nearest first. */
const nearestSubjects = async (
  edit: Edit,
  subject: string,
  query: Float32Array,
  relation: string | undefined,
  parts: HardMemoryParts,
): Promise<Result<readonly string[]>> => {
  const candidates = relatedSubjects(subject, relation, parts);
  const prompts = new Map(candidates.map((other) => [edit.prompt.replaceAll(subject, () => other), other]));
  const read = await readPrompts([...prompts.keys()], parts);
  if (!read.ok) return read;
  const distances = read.value.map(({ prompt, inputs }) => ({
    subject: prompts.get(prompt)!,
    distance: distanceBetween(query, inputs.subarray(inputs.length - query.length)),
  }));
  distances.sort((a, b) => a.distance - b.distance);
  return ok(distances.slice(0, NEAREST).map((candidate) => candidate.subject));
};

/** The prompts that are easily taken for the edit's own. */
const hardPrompts = async (
  edit: Edit,
  query: Float32Array,
  parts: HardMemoryParts,
): Promise<Result<ReadonlySet<string>>> => {
  const prompts = new Set(nearMissPrompts(edit, await isSure(parts.context.engine, edit.prompt)));
  const subject = subjectOf(edit);
  if (subject === undefined || !edit.prompt.includes(subject)) return ok(prompts);
  const others = parts.domain.filter(({ probe }) => probe.subject !== subject);
  const relation = nearestRelation(query, others);
  const nearest = await nearestSubjects(edit, subject, query, relation, parts);
  if (!nearest.ok) return nearest;
  for (const other of nearest.value)
    for (const prompt of promptsAbout(edit, subject, other)) prompts.add(prompt);
  for (const prompt of otherQuestions(subject, query, relation, parts)) prompts.add(prompt);
  return ok(prompts);
};

/**
 * The prompts that are easily taken for the edit's: its own about other subjects, those first whose last state lies
 * nearest to its own, and about what is nearly its subject; and questions of other relations about its subject. Rows
 * [T - 1, d] of what the last FFN reads, all positions but the first.
 *
 * @param query [d]: the state at the last token of the edit's prompt
 */
export const readHardMemory = async (
  edit: Edit,
  query: Float32Array,
  parts: HardMemoryParts,
): Promise<Result<readonly Float32Array[]>> => {
  const prompts = await hardPrompts(edit, query, parts);
  if (!prompts.ok) return prompts;
  const own = new Set(editPrompts(edit));
  const foreign = [...prompts.value].filter((prompt) => !own.has(prompt));
  const read = await readPrompts(foreign, parts);
  return read.ok ? ok(read.value.map(({ inputs }) => inputs.subarray(query.length))) : read;
};
