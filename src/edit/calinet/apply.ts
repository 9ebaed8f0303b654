import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type ChosenEdits, chooseEdits, unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities } from "../frame/edit-identity.ts";
import { isAnswered } from "../frame/is-answered.ts";
import { composePatches, type KeptParent } from "../frame/parent.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditMethod, EditOutcome } from "../method.ts";
import { type EditRows, joinRows } from "../neurons/edit-rows.ts";
import { addOutputs, neuronsAt, toNeuronsPatch } from "../neurons/neurons.ts";
import { type NeuronsSession, openNeuronsSession } from "../neurons/neurons-session.ts";
import { suspectsOf } from "../neurons/suspects.ts";
import { type CaliNetSettings, parseCaliNetSettings, slotsFor } from "./settings.ts";
import { type TrainedSlots, trainSlots } from "./train-slots.ts";

const readRows = async (facts: readonly Edit[], session: NeuronsSession): Promise<Result<EditRows[]>> => {
  const rows: EditRows[] = [];
  for (const fact of facts) {
    const read = await session.rowsOf(fact);
    if (!read.ok) return fail(problemOfEdit(fact, read.problem));
    rows.push(read.value);
  }
  return ok(rows);
};

const train = async (
  rows: readonly EditRows[],
  present: readonly Patch[],
  settings: CaliNetSettings,
  session: NeuronsSession,
): Promise<Result<TrainedSlots>> => {
  const { context, block, domain, loss } = session;
  const inputs = joinRows(rows.map((fact) => fact.inputs));
  const stream = joinRows(rows.map((fact) => fact.stream));
  for (const neurons of neuronsAt(present, block.hook.layer)) addOutputs(neurons, inputs, stream);
  return trainSlots(
    {
      inputs,
      stream,
      targets: rows.flatMap((fact) => fact.targets),
      slots: settings.slots ?? slotsFor(rows.length),
      memory: settings["memory-weight"] > 0 ? domain.map((text) => text.inputs) : [],
      onStep: (done, total) => context.onProgress({ stage: "training slots", done, total }),
      signal: context.signal,
    },
    loss,
    settings,
  );
};

/** A patch of all facts, and what the engine serves with it. */
interface SlotsPatch {
  readonly patches: readonly Patch[];
  readonly set: PatchSet;
  readonly trained: TrainedSlots;
  readonly id: string;
}

const makePatch = async (
  facts: readonly Edit[],
  rows: readonly EditRows[],
  kept: KeptParent,
  settings: CaliNetSettings,
  session: NeuronsSession,
): Promise<Result<SlotsPatch>> => {
  const trained = await train(rows, kept.patches, settings, session);
  if (!trained.ok) return trained;
  const [id] = editIdentities(facts.slice(0, 1), new Set(kept.patches.map((patch) => patch.id)));
  const patch = toNeuronsPatch(trained.value.neurons, {
    id: id!,
    edits: facts.map((_, index) => kept.edits.length + index),
    layer: session.block.hook.layer,
  });
  const patches = [...kept.patches, patch];
  const set = composePatches(patches, session.context);
  return set.ok ? ok({ patches, set: set.value, trained: trained.value, id: id! }) : set;
};

const notLearnt = (fact: Edit, { loss, steps }: TrainedSlots) =>
  problemOfEdit(
    fact,
    problem(
      "edit_not_converged",
      `The slots did not learn this fact: mean loss of the set ${loss.toFixed(3)} nats after ${steps} steps. Try --set steps=2000, more slots, or fewer facts.`,
      { detail: { loss, steps } },
    ),
  );

/** Trains with `settings`, and where a fact's own prompt does not get its target then, once more for longer. */
const trainUntilAnswered = async (
  facts: readonly Edit[],
  kept: KeptParent,
  settings: CaliNetSettings,
  session: NeuronsSession,
): Promise<Result<SlotsPatch>> => {
  const rows = await readRows(facts, session);
  if (!rows.ok) return rows;
  const harder = {
    ...settings,
    steps: 2 * settings.steps,
    "loss-target": settings["loss-target"] / 4,
  };
  let made = await makePatch(facts, rows.value, kept, settings, session);
  let missed = made.ok ? await firstMissed(facts, made.value.set, session) : undefined;
  if (!made.ok || missed === undefined) return made;
  made = await makePatch(facts, rows.value, kept, harder, session);
  if (!made.ok) return made;
  missed = await firstMissed(facts, made.value.set, session);
  return missed === undefined ? made : fail(notLearnt(missed, made.value.trained));
};

/** The first fact whose own prompt does not get its target under `patches`. */
const firstMissed = async (facts: readonly Edit[], patches: PatchSet, { context }: NeuronsSession) => {
  for (const fact of facts)
    if (!(await isAnswered(context.engine, { ...fact, paraphrases: [] }, patches))) return fact;
  return undefined;
};

const withSlots = async (
  { wanted: facts, skipped, kept }: ChosenEdits,
  settings: CaliNetSettings,
  session: NeuronsSession,
): Promise<Result<EditOutcome>> => {
  const made = await trainUntilAnswered(facts, kept, settings, session);
  if (!made.ok) return made;
  const { patches, id, trained } = made.value;
  const { neurons, steps, loss } = trained;
  return ok({
    edits: [...kept.edits, ...facts],
    patches,
    skipped,
    diagnostics: [{ id, steps, loss, figures: { slots: neurons.count, facts: facts.length } }],
    suspects: suspectsOf([neurons], session.domain),
    hyperParameters: hyperParametersOf(settings, neurons.count, session),
  });
};

const hyperParametersOf = (settings: CaliNetSettings, slots: number, { block }: NeuronsSession) => ({
  ...recordSettings(settings),
  slots: String(slots),
  layer: String(block.hook.layer),
});

/** CaliNet's work, as `caliNet` in `calinet.ts` describes it: `apply` of the method. */
export const applyCaliNet: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseCaliNetSettings(settings);
  if (!parsed.ok) return parsed;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  if (chosen.value.wanted.length === 0) return ok(unchangedOutcome(chosen.value, parsed.value));
  const session = await openNeuronsSession(context, chosen.value.base, parsed.value.memory);
  return session.ok ? withSlots(chosen.value, parsed.value, session.value) : session;
};
