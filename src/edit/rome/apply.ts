import type { Edit } from "../../core/edit/edit.ts";
import { problem } from "../../core/problem.ts";
import { ok, type Result } from "../../core/result.ts";
import { toLowRankPatch, type UpdateFactors } from "../down-projection/low-rank-patches.ts";
import { movedProbes } from "../down-projection/moved-probes.ts";
import { firstThatHolds, harder } from "../frame/attempts.ts";
import {
  applyEditByEdit,
  type Draft,
  type EditPlace,
  type MadeEdit,
  unansweredWith,
} from "../frame/edit-by-edit.ts";
import { type RomeUpdate, romeUpdate } from "./rome-update.ts";
import { locateRome, openRomeSession, type RomeSession } from "./session.ts";
import { parseRomeSettings, type RomeSettings } from "./settings.ts";

/** An edit with its update in doubles, as probes are told apart by it. */
interface RomeEdit extends Required<MadeEdit> {
  readonly factors: UpdateFactors;
}

const figuresOf = ({ optimized, size, longestShift, divisions, A }: RomeUpdate) => ({
  rank: A.columns,
  lossBefore: optimized.losses[0]!,
  longestShift,
  leastDivision: Math.min(...divisions.map(Math.abs)),
  updateSize: size,
});

/** Below this loss, in nats, a target's probability is above .9: its value is not what is missing. */
const LOW_LOSS = 0.1;

const notHeld = ({ optimized: { loss, steps } }: RomeEdit, prompt: string) =>
  problem(
    "edit_not_converged",
    `"${prompt}" is not answered with the target after the update (loss ${loss.toFixed(3)} nats after ${steps} steps). ` +
      (loss < LOW_LOSS
        ? "The value is good, the layer cannot hold it: try another --set layer, or guards=0."
        : "Try --set clamp=8 steps=100, another layer, or a target in commoner words."),
    { detail: { loss, steps } },
  );

/** Settings of the last attempt, where not even the prompt is answered: the update may move other keys more. */
const freer = (settings: RomeSettings): RomeSettings => ({
  ...settings,
  "key-ridge": settings["key-ridge"] / 4,
  "guard-weight": settings["guard-weight"] / 4,
});

const updateBy = async (
  edit: Edit,
  { id, edits }: EditPlace,
  draft: Draft,
  session: RomeSession,
): Promise<Result<RomeEdit>> => {
  const update = await romeUpdate(edit, draft.set, session);
  if (!update.ok) return update;
  const { A, B, optimized } = update.value;
  const { steps, loss } = optimized;
  const patch = toLowRankPatch(id, edits, session.site.layer, { A, B });
  const figures = figuresOf(update.value);
  return ok({ patches: [patch], figures, optimized: { steps, loss }, factors: { A, B } });
};

const updateUntilAnswered = (edit: Edit, place: EditPlace, draft: Draft, session: RomeSession) => {
  const { settings, context } = session;
  return firstThatHolds({
    settings: [settings, harder(settings), freer(harder(settings))],
    make: (tried) => updateBy(edit, place, draft, { ...session, settings: tried }),
    missed: async ({ patches }, attempt) => {
      const unanswered = await unansweredWith(edit, patches, draft, context);
      if (!unanswered.ok) return unanswered;
      // After the first attempt a paraphrase may be missed, the prompt may not.
      const missed = unanswered.value.length > 0 && (attempt === 0 || unanswered.value.includes(edit.prompt));
      return ok(missed ? edit.prompt : null);
    },
    fault: notHeld,
  });
};

/** ROME's work, as `rome` in `rome.ts` describes it: `apply` of the method. */
export const applyRome = applyEditByEdit(
  { parse: parseRomeSettings, locate: locateRome },
  async ({ settings, context }) => {
    const session = await openRomeSession(context, settings);
    if (!session.ok) return session;
    const { site, lookup, locate } = session.value;
    return ok({
      make: (edit, place, draft) => updateUntilAnswered(edit, place, draft, session.value),
      suspects: (made: readonly RomeEdit[]) => {
        const updates = made.map(({ factors }) => ({ site, factors }));
        return movedProbes(updates, locate, context);
      },
      resolved: { layer: site.layer, lookup },
    });
  },
);
