import type { Edit } from "../../core/edit/edit.ts";
import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { toLowRankPatch } from "../down-projection/low-rank-patches.ts";
import { byMove } from "../down-projection/probe-keys.ts";
import { answeredSince, type ChosenEdits, chooseEdits, unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities } from "../frame/edit-identity.ts";
import { unansweredPrompts } from "../frame/is-answered.ts";
import { letEventsIn } from "../frame/let-events-in.ts";
import { composePatches } from "../frame/parent.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditDiagnostics, EditMethod, EditOutcome, SkippedEdit } from "../method.ts";
import { type RomeUpdate, romeUpdate } from "./rome-update.ts";
import { openRomeSession, type RomeSession } from "./session.ts";
import { parseRomeSettings } from "./settings.ts";

/** Patches while they are made, and the edits they will carry. */
interface Draft {
  readonly edits: Edit[];
  readonly patches: Patch[];
  /** `patches` as the engine takes them. */
  set: PatchSet;
  readonly updates: RomeUpdate[];
  readonly skipped: SkippedEdit[];
  readonly diagnostics: EditDiagnostics[];
}

interface Work {
  readonly session: RomeSession;
  readonly chosen: ChosenEdits;
  readonly draft: Draft;
}

const diagnosticsOf = (
  id: string,
  { optimized, size, longestShift, divisions, A }: RomeUpdate,
): EditDiagnostics => ({
  id,
  steps: optimized.steps,
  loss: optimized.loss,
  figures: {
    rank: A.columns,
    lossBefore: optimized.losses[0]!,
    longestShift,
    leastDivision: Math.min(...divisions.map(Math.abs)),
    updateSize: size,
  },
});

/** Below this loss, in nats, a target's probability is above .9: its value is not what is missing. */
const LOW_LOSS = 0.1;

const notHeld = ({ optimized }: RomeUpdate, prompt: string) =>
  problem(
    "edit_not_converged",
    `"${prompt}" is not answered with the target after the update (loss ${optimized.loss.toFixed(3)} nats after ${optimized.steps} steps). ` +
      (optimized.loss < LOW_LOSS
        ? "The value is good, the layer cannot hold it: try another --set layer, or guards=0."
        : "Try --set clamp=8 steps=100, another layer, or a target in commoner words."),
    { detail: { loss: optimized.loss, steps: optimized.steps } },
  );

/** Settings of another attempt, where the target does not hold in free-running decoding at the first. */
const harder = (session: RomeSession): RomeSession => {
  const { steps, "loss-target": target } = session.settings;
  return { ...session, settings: { ...session.settings, steps: 2 * steps, "loss-target": target / 4 } };
};

/** Settings of the last attempt, where not even the prompt is answered: the update may move other keys more. */
const freer = (session: RomeSession): RomeSession => {
  const { "key-ridge": ridge, "guard-weight": weight } = session.settings;
  return {
    ...session,
    settings: { ...session.settings, "key-ridge": ridge / 4, "guard-weight": weight / 4 },
  };
};

/** What was computed of one edit, on top of the patches before it. */
interface WrittenEdit {
  readonly patch: LowRankPatch;
  readonly update: RomeUpdate;
}

const updateUntilAnswered = async (
  edit: Edit,
  id: string,
  session: RomeSession,
  draft: Draft,
): Promise<Result<WrittenEdit>> => {
  const { context, site } = session;
  const attempts = [session, harder(session), freer(harder(session))];
  for (const [index, attempt] of attempts.entries()) {
    const update = await romeUpdate(edit, draft.set, attempt);
    if (!update.ok) return update;
    const patch = toLowRankPatch(id, [draft.edits.length], site.layer, update.value);
    const set = composePatches([...draft.patches, patch], context);
    if (!set.ok) return set;
    const unanswered = await unansweredPrompts(context.engine, edit, set.value);
    if (unanswered.length === 0 || (index > 0 && !unanswered.includes(edit.prompt)))
      return ok({ patch, update: update.value });
    if (index === attempts.length - 1) return fail(notHeld(update.value, edit.prompt));
  }
  throw new Error("the last attempt returns");
};

const writeEdit = async (
  edit: Edit,
  { id, index }: { readonly id: string; readonly index: number },
  { session, chosen, draft }: Work,
): Promise<Result<null>> => {
  const { context } = session;
  const answered = await answeredSince(edit, draft.set, chosen, context);
  if (answered !== null) {
    draft.skipped.push(answered);
    return ok(null);
  }
  const written = await context.workbench.remember(`rome ${index}`, () =>
    updateUntilAnswered(edit, id, session, draft),
  );
  if (!written.ok) return written;
  const { patch, update } = written.value;
  const set = composePatches([...draft.patches, patch], context);
  if (!set.ok) return set;
  draft.edits.push(edit);
  draft.patches.push(patch);
  draft.set = set.value;
  draft.updates.push(update);
  draft.diagnostics.push(diagnosticsOf(id, update));
  return ok(null);
};

const openDraft = ({ kept, skipped, base }: ChosenEdits): Draft => ({
  edits: [...kept.edits],
  patches: [...kept.patches],
  set: base,
  updates: [],
  skipped: [...skipped],
  diagnostics: [],
});

const outcomeOf = (
  { settings, lookup, site, probes }: RomeSession,
  { edits, patches, skipped, diagnostics, updates }: Draft,
): EditOutcome => ({
  edits,
  patches,
  skipped,
  diagnostics,
  suspects: updates.length === 0 ? [] : byMove(probes, updates).map(({ probe }) => probe),
  hyperParameters: {
    ...recordSettings(settings),
    layer: String(site.layer),
    lookup,
  },
});

/** ROME's work, as `rome` in `rome.ts` describes it: `apply` of the method. */
export const applyRome: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseRomeSettings(settings);
  if (!parsed.ok) return parsed;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  const { wanted, kept } = chosen.value;
  if (wanted.length === 0) return ok(unchangedOutcome(chosen.value, parsed.value));
  const session = await openRomeSession(context, parsed.value);
  if (!session.ok) return session;
  const work: Work = { session: session.value, chosen: chosen.value, draft: openDraft(chosen.value) };
  const names = editIdentities(wanted, new Set(kept.patches.map(({ id }) => id)));
  for (const [index, edit] of wanted.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const written = await writeEdit(edit, { id: names[index]!, index }, work);
    if (!written.ok) return fail(problemOfEdit(edit, written.problem));
    context.onProgress({ stage: "editing", done: index + 1, total: wanted.length });
  }
  return ok(outcomeOf(session.value, work.draft));
};
