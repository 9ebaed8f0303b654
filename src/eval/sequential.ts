import { evenlySpaced } from "../core/evenly-spaced.ts";
import { ok, type Result } from "../core/result.ts";
import type { EvaluationCase, LocalityGroups } from "./case.ts";
import { doesNotFit } from "./does-not-fit.ts";
import type { Editor } from "./editor.ts";
import { measureAbility } from "./general-ability.ts";
import { answersOneOf } from "./measure-case.ts";
import type { SequentialPoint } from "./report.ts";
import { type Attachment, type Respondent, type Subject, UNEDITED } from "./subject.ts";

/** Numbers of edits after which the literature looks. */
const MILESTONES: readonly number[] = [1, 10, 100, 1000];

/** Most locality prompts of a group asked at one milestone: an even sample of all that the edits so far have. */
const PROMPTS_OF_A_GROUP = 300;

/** Where to look in a sequence of `edits` edits: the milestones within it, and its end. */
export const checkpointsOf = (edits: number): readonly number[] =>
  edits === 0 ? [] : [...MILESTONES.filter((milestone) => milestone < edits), edits];

const promptsOf = ({ edit, phrasings }: EvaluationCase): readonly string[] => [
  edit.prompt,
  ...edit.paraphrases,
  ...phrasings.map(({ prompt }) => prompt),
];

/** The group's prompts over all cases, without those that ask for a fact that is edited itself. */
const groupPrompts = (
  cases: readonly EvaluationCase[],
  group: keyof LocalityGroups<unknown>,
): readonly string[] => {
  const edited = new Set(cases.flatMap(promptsOf));
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
): Promise<Result<number | null>> => {
  let asked = 0;
  let unchanged = 0;
  for (const prompt of prompts) {
    const was = await before.answer(prompt);
    if (doesNotFit(was)) continue;
    if (!was.ok) return was;
    const is = await after.answer(prompt);
    if (!is.ok) return is;
    asked += 1;
    if (was.value.text === is.value.text) unchanged += 1;
  }
  return ok(asked === 0 ? null : unchanged / asked);
};

const measurePoint = async (
  cases: readonly EvaluationCase[],
  before: Respondent,
  after: Respondent,
): Promise<Result<SequentialPoint>> => {
  let right = 0;
  for (const { edit } of cases) {
    const answered = await answersOneOf(after, edit.prompt, [edit.target]);
    if (!answered.ok) return answered;
    if (answered.value) right += 1;
  }
  const neighbours = await shareUnchanged(before, after, groupPrompts(cases, "neighbours"));
  if (!neighbours.ok) return neighbours;
  const sameSubject = await shareUnchanged(before, after, groupPrompts(cases, "sameSubject"));
  if (!sameSubject.ok) return sameSubject;
  const random = await shareUnchanged(before, after, groupPrompts(cases, "random"));
  if (!random.ok) return random;
  const ability = await measureAbility(after);
  if (!ability.ok) return ability;
  return ok({
    edits: cases.length,
    accuracy: right / cases.length,
    neighbours: neighbours.value,
    sameSubject: sameSubject.value,
    random: random.value,
    ability: ability.value,
  });
};

/** What the sequential protocol works with. */
export interface SequentialParts {
  readonly subject: Subject;
  readonly editor: Editor;
  /** The unedited model, asked nothing twice. */
  readonly before: Respondent;
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
  { subject, before }: SequentialParts,
): Promise<Result<SequentialPoint>> => {
  const after = await subject.attach(attachment);
  if (!after.ok) return after;
  const point = await measurePoint(cases, before, after.value);
  const closed = await after.value.close();
  return closed.ok ? point : closed;
};

/**
 * Makes the cases' edits one after another, each on top of all before it, and asks the model that carries all of
 * them after each number of `checkpointsOf`: for every edit so far, and for what must not have changed.
 */
export const runSequential = async (
  cases: readonly EvaluationCase[],
  parts: SequentialParts,
): Promise<Result<readonly SequentialPoint[]>> => {
  const checkpoints = checkpointsOf(cases.length);
  const points: SequentialPoint[] = [];
  let attachment = UNEDITED;
  for (const [index, { edit, alongside }] of cases.entries()) {
    const going = parts.interrupted();
    if (!going.ok) return going;
    const made = await parts.editor.edit([edit, ...alongside], attachment);
    if (!made.ok) return made;
    attachment = made.value.attachment;
    const edits = index + 1;
    if (checkpoints.includes(edits)) {
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
