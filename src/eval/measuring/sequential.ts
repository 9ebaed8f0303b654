import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { ok, type Result } from "../../core/result.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import {
  type Attachment,
  type EvaluatedModel,
  type Respondent,
  UNEDITED,
} from "../asking/evaluated-model.ts";
import type { EvaluationCase, LocalityGroups } from "../case.ts";
import { estimateOf, intervalOf } from "../figures/bootstrap.ts";
import { mean } from "../figures/metrics.ts";
import type { Estimate, SequentialPoint } from "../report.ts";
import { editedPrompts } from "./edited-prompts.ts";
import type { Editor } from "./editor.ts";
import { measureAbility } from "./general-ability.ts";
import { casesInBatches, makeBatch } from "./make-batch.ts";
import { answersOneOf } from "./measure-case.ts";
import type { Passage } from "./passages.ts";

/** Numbers of edits after which the literature looks. */
const MILESTONES: readonly number[] = [1, 10, 100, 1000];

/** Most locality prompts of a group asked at one milestone: an even sample of all that the edits so far have. */
const PROMPTS_OF_A_GROUP = 300;

/** Where to look in a sequence of `edits` edits: the milestones within it, and its end. */
export const checkpointsOf = (edits: number): readonly number[] =>
  edits === 0 ? [] : [...MILESTONES.filter((milestone) => milestone < edits), edits];

/** The group's prompts over all cases, without those that ask for a fact that is edited itself. */
const groupPrompts = (
  cases: readonly EvaluationCase[],
  group: keyof LocalityGroups<unknown>,
): readonly string[] => {
  const edited = new Set(cases.flatMap(editedPrompts));
  const prompts = new Set(cases.flatMap(({ locality }) => locality[group].map(({ prompt }) => prompt)));
  return evenlySpaced(
    [...prompts].filter((prompt) => !edited.has(prompt)),
    PROMPTS_OF_A_GROUP,
  );
};

const shareUnchanged = async (
  before: Respondent,
  after: Respondent,
  prompts: readonly string[],
  seed: number,
): Promise<Result<Estimate | null>> => {
  const unchanged: number[] = [];
  for (const prompt of prompts) {
    const was = await before.answer(prompt);
    if (doesNotFit(was)) continue;
    if (!was.ok) return was;
    const is = await after.answer(prompt);
    if (!is.ok) return is;
    unchanged.push(Number(was.value.text === is.value.text));
  }
  return ok(estimateOf(unchanged, mean, seed));
};

const shareRight = async (
  after: Respondent,
  cases: readonly EvaluationCase[],
  seed: number,
): Promise<Result<Estimate>> => {
  const right: number[] = [];
  for (const { edit } of cases) {
    const answered = await answersOneOf(after, edit.prompt, [edit.target], edit.end === false);
    if (!answered.ok) return answered;
    right.push(Number(answered.value));
  }
  return ok(estimateOf(right, mean, seed)!);
};

const measurePoint = async (
  cases: readonly EvaluationCase[],
  before: Respondent,
  after: Respondent,
  { passages, seed }: Pick<SequentialParts, "passages" | "seed">,
): Promise<Result<SequentialPoint>> => {
  const unchanged = (group: keyof LocalityGroups<unknown>) =>
    shareUnchanged(before, after, groupPrompts(cases, group), seed);
  const accuracy = await shareRight(after, cases, seed);
  if (!accuracy.ok) return accuracy;
  const neighbours = await unchanged("neighbours");
  if (!neighbours.ok) return neighbours;
  const sameSubject = await unchanged("sameSubject");
  if (!sameSubject.ok) return sameSubject;
  const random = await unchanged("random");
  if (!random.ok) return random;
  const ability = await measureAbility(after, passages, seed);
  if (!ability.ok) return ability;
  return ok({
    edits: cases.length,
    accuracy: accuracy.value.mean,
    neighbours: neighbours.value?.mean ?? null,
    sameSubject: sameSubject.value?.mean ?? null,
    random: random.value?.mean ?? null,
    intervals: {
      accuracy: intervalOf(accuracy.value),
      neighbours: intervalOf(neighbours.value),
      sameSubject: intervalOf(sameSubject.value),
      random: intervalOf(random.value),
    },
    ability: ability.value,
  });
};

/** What the sequential protocol works with. */
export interface SequentialParts {
  readonly evaluated: EvaluatedModel;
  readonly editor: Editor;
  /** The unedited model, asked nothing twice. */
  readonly before: Respondent;
  /** What the model's writing is measured on. */
  readonly passages: readonly Passage[];
  /** Draws the resamples of the intervals. */
  readonly seed: number;
  /** Cases made at a time, in one application of the method: 1 for one after another. */
  readonly size: number;
  /** Points measured by an earlier run, not to be measured again. */
  readonly known: readonly SequentialPoint[];
  readonly onEdit: (done: number) => void;
  readonly onPoint: (point: SequentialPoint) => Promise<void>;
  /** Returns a problem where the work is to stop. */
  readonly interrupted: () => Result<null>;
}

const measureAt = async (
  cases: readonly EvaluationCase[],
  attachment: Attachment,
  parts: SequentialParts,
): Promise<Result<SequentialPoint>> => {
  const after = await parts.evaluated.attach(attachment);
  if (!after.ok) return after;
  const point = await measurePoint(cases, parts.before, after.value, parts);
  const closed = await after.value.close();
  return closed.ok ? point : closed;
};

/**
 * Makes the cases' edits `size` at a time, each batch on top of all before it, and asks the model that carries all of
 * them once it reaches a number of `checkpointsOf`: for every edit so far, and for what must not have changed.
 */
export const runSequential = async (
  cases: readonly EvaluationCase[],
  parts: SequentialParts,
): Promise<Result<readonly SequentialPoint[]>> => {
  const checkpoints = checkpointsOf(cases.length);
  const points: SequentialPoint[] = [];
  let attachment = UNEDITED;
  let edits = 0;
  for (const batch of casesInBatches(cases, parts.size)) {
    const going = parts.interrupted();
    if (!going.ok) return going;
    const made = await makeBatch(batch, parts.editor, attachment);
    if (!made.ok) return made;
    attachment = made.value.attachment;
    const passed = edits;
    edits += batch.length;
    if (checkpoints.some((checkpoint) => passed < checkpoint && checkpoint <= edits)) {
      const known = parts.known.find((point) => point.edits === edits);
      const point = known ? ok(known) : await measureAt(cases.slice(0, edits), attachment, parts);
      if (!point.ok) return point;
      if (!known) await parts.onPoint(point.value);
      points.push(point.value);
    }
    parts.onEdit(edits);
  }
  return ok(points);
};
