import type { Edit } from "../core/edit/edit.ts";
import { evenlySpaced } from "../core/evenly-spaced.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { ok, type Result } from "../core/result.ts";
import { distanceBetween } from "./codebook-geometry.ts";
import type { DomainText } from "./domain-memory.ts";
import type { FeedForwardStates } from "./feed-forward-states.ts";
import { isSure } from "./greedy-answer.ts";
import type { EditingContext } from "./method.ts";
import { nearMissPrompts } from "./near-misses.ts";
import { editPrompts, nearestRelation } from "./negatives.ts";
import { promptsAbout, subjectOf } from "./subject-of.ts";

/** Other subjects of the edit's relation that its prompt is tried with. */
const CANDIDATES = 32;

/** Of those, the nearest ones, which all its phrasings are put to. */
const NEAREST = 12;

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

/** Subjects of the relation whose texts read most like the edit's prompt at its end. */
const relatedSubjects = (
  subject: string,
  query: Float32Array,
  { context: { probes }, domain }: HardMemoryParts,
): readonly string[] => {
  const relation = nearestRelation(
    query,
    domain.filter(({ probe }) => probe.subject !== subject),
  );
  const related = probes.filter((probe) => probe.relation === relation);
  const subjects = [...new Set(related.map((probe) => probe.subject))].filter((other) => other !== subject);
  return evenlySpaced(subjects, CANDIDATES);
};

/** The subjects whose prompt ends nearest to the edit's, the nearest first. */
const nearestSubjects = async (
  edit: Edit,
  subject: string,
  query: Float32Array,
  parts: HardMemoryParts,
): Promise<Result<readonly string[]>> => {
  const candidates = relatedSubjects(subject, query, parts);
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

/**
 * The edit's own prompts about other subjects, those first whose last state lies nearest to its own, and about what
 * is nearly its subject: rows [T - 1, d] of what the last FFN reads, all positions but the first. These are the
 * hardest to stay silent on.
 *
 * @param query [d]: the state at the last token of the edit's prompt
 */
export const readHardMemory = async (
  edit: Edit,
  query: Float32Array,
  parts: HardMemoryParts,
): Promise<Result<readonly Float32Array[]>> => {
  const { engine } = parts.context;
  const subject = subjectOf(edit);
  const prompts = new Set(nearMissPrompts(edit, await isSure(engine, edit.prompt)));
  if (subject !== undefined && edit.prompt.includes(subject)) {
    const nearest = await nearestSubjects(edit, subject, query, parts);
    if (!nearest.ok) return nearest;
    for (const other of nearest.value)
      for (const prompt of promptsAbout(edit, subject, other)) prompts.add(prompt);
  }
  for (const prompt of editPrompts(edit)) prompts.delete(prompt);
  const read = await readPrompts([...prompts], parts);
  return read.ok ? ok(read.value.map(({ inputs }) => inputs.subarray(query.length))) : read;
};
