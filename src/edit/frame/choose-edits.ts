import type { Edit } from "../../core/edit/edit.ts";
import { findEditConflicts } from "../../core/edit/edit-conflicts.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { EditingContext, EditOutcome, SkippedEdit } from "../method.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import { isAnswered } from "./is-answered.ts";
import { composePatches, type KeptParent, keepParent } from "./parent.ts";
import { problemOfEdit } from "./problem-of-edit.ts";
import { recordSettings } from "./settings.ts";

/** Why an edit needs no patch. */
export const ALREADY_ANSWERED = "the model already answers the prompt and its paraphrases this way";

/** Why an edit gets no patch in the place of the one that it replaces, which goes. */
export const ANSWERED_WITHOUT_PATCH =
  "without the patch that corrected its prompt before, the model answers this way by itself";

/** Edits to work on, and what they build on. */
export interface ChosenEdits {
  /** Those that the model under the parent's patches does not answer yet. */
  readonly wanted: readonly Edit[];
  readonly skipped: readonly SkippedEdit[];
  /** All of the parent's patches. */
  readonly parent: PatchSet;
  /** What of the parent stays under the wanted edits. */
  readonly kept: KeptParent;
  /** The kept patches; the very set `parent` where all of them stay. */
  readonly base: PatchSet;
}

/** Another edit, by what tells it from `edit`. */
const nameOf = ({ id, prompt }: Edit, edit: Edit): string => {
  if (id !== undefined && id !== edit.id) return `edit "${id}"`;
  return prompt === edit.prompt ? "another edit" : `the edit "${prompt}"`;
};

const checkConflicts = (edits: readonly Edit[]): Result<null> => {
  const [first] = findEditConflicts(edits);
  if (first === undefined) return ok(null);
  const [held, edit] = [edits[first.first]!, edits[first.second]!];
  const message =
    `its target "${edit.target}" contradicts "${held.target}" of ${nameOf(held, edit)}. ` +
    "Keep one of them.";
  return fail(problemOfEdit(edit, problem("edit_conflict", message)));
};

/**
 * Divides `edits` before anything of the parent is replaced: an edit that a patch of the parent answers already must
 * not cost that patch.
 *
 * Errors: `edit_conflict` where edits contradict each other, naming the later one; those of `composePatchSet`;
 * `cancelled`.
 */
export const chooseEdits = async (
  context: Pick<EditingContext, "model" | "engine" | "parent" | "onProgress" | "signal">,
  edits: readonly Edit[],
): Promise<Result<ChosenEdits>> => {
  const compatible = checkConflicts(edits);
  if (!compatible.ok) return compatible;
  const parent = composePatches(context.parent.patches, context);
  if (!parent.ok) return parent;
  const wanted: Edit[] = [];
  const skipped: SkippedEdit[] = [];
  for (const [index, edit] of edits.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    if (await isAnswered(context.engine, edit, parent.value))
      skipped.push({ edit, reason: ALREADY_ANSWERED });
    else wanted.push(edit);
    context.onProgress({ stage: "asking what is wrong", done: index + 1, total: edits.length });
  }
  const kept = keepParent(context.parent, wanted);
  const all = kept.patches.length === context.parent.patches.length;
  const base = all ? parent : composePatches(kept.patches, context);
  return base.ok ? ok({ wanted, skipped, parent: parent.value, kept, base: base.value }) : base;
};

/**
 * The edit skipped, where the model answers it under `draft`: now that patches before it have come, or those that it
 * replaces have gone. Null where it is still to be made.
 */
export const answeredSince = async (
  edit: Edit,
  draft: PatchSet,
  { parent, base }: ChosenEdits,
  { engine }: Pick<EditingContext, "engine">,
): Promise<SkippedEdit | null> => {
  // Under the parent it was asked when it was chosen.
  if (draft === parent || !(await isAnswered(engine, edit, draft))) return null;
  return { edit, reason: draft === base ? ANSWERED_WITHOUT_PATCH : ALREADY_ANSWERED };
};

/** What comes of edits of which none is wanted: the parent, as it is. */
export const unchangedOutcome = ({ kept, skipped }: ChosenEdits, settings: object): EditOutcome => ({
  ...kept,
  skipped,
  diagnostics: [],
  suspects: [],
  hyperParameters: recordSettings(settings),
});
