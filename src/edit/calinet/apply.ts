import type { Edit } from "../../core/edit/edit.ts";
import type { NeuronsPatch } from "../../core/patch/kinds/neurons.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { concatenate } from "../../core/tensor/concatenate.ts";
import { applyAllAtOnce, type MadeTogether } from "../frame/all-at-once.ts";
import type { MethodWork } from "../frame/apply-method.ts";
import { firstThatHolds, harder } from "../frame/attempts.ts";
import { isAnswered } from "../frame/is-answered.ts";
import { composePatches } from "../frame/parent.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditRows } from "../neurons/edit-rows.ts";
import { addOutputs, neuronsAt, toNeuronsPatch } from "../neurons/neurons.ts";
import {
  type NeuronsSession,
  type OpenedBlock,
  openLastBlock,
  openNeuronsSession,
} from "../neurons/neurons-session.ts";
import { suspectsOf } from "../neurons/suspects.ts";
import { editIdentities } from "../prompts/edit-identity.ts";
import { type CaliNetSettings, parseCaliNetSettings, slotsFor } from "./settings.ts";
import { type SlotJob, type TrainedSlots, trainSlots } from "./train-slots.ts";

type CaliNetWork = MethodWork<CaliNetSettings, OpenedBlock>;

const readRows = async (facts: readonly Edit[], session: NeuronsSession): Promise<Result<EditRows[]>> => {
  const rows: EditRows[] = [];
  for (const fact of facts) {
    const read = await session.rowsOf(fact);
    if (!read.ok) return fail(problemOfEdit(fact, read.problem));
    rows.push(read.value);
  }
  return ok(rows);
};

/** What slots are trained on: all facts, on top of the neurons that are kept. */
const jobOf = async (
  { chosen: { wanted, kept }, settings, context }: CaliNetWork,
  session: NeuronsSession,
): Promise<Result<SlotJob>> => {
  const rows = await readRows(wanted, session);
  if (!rows.ok) return rows;
  const inputs = concatenate(rows.value.map((fact) => fact.inputs));
  const stream = concatenate(rows.value.map((fact) => fact.stream));
  for (const neurons of neuronsAt(kept.patches, session.block.hook.layer))
    addOutputs(neurons, inputs, stream);
  return ok({
    inputs,
    stream,
    targets: rows.value.flatMap((fact) => fact.targets),
    slots: settings.slots ?? slotsFor(wanted.length),
    memory: settings["memory-weight"] > 0 ? session.domain.map((text) => text.inputs) : [],
    onStep: (done, total) => context.onProgress({ stage: "training slots", done, total }),
    signal: context.signal,
  });
};

/** The first fact whose own prompt does not get its target once `patch` joins what is kept; null where all do. */
const firstMissed = async (
  patch: Patch,
  { chosen: { wanted, kept }, context }: CaliNetWork,
): Promise<Result<Edit | null>> => {
  const set = composePatches([...kept.patches, patch], context);
  if (!set.ok) return set;
  for (const fact of wanted)
    if (!(await isAnswered(context.engine, { ...fact, paraphrases: [] }, set.value))) return ok(fact);
  return ok(null);
};

const notLearnt = ({ loss, steps }: TrainedSlots, fact: Edit) =>
  problemOfEdit(
    fact,
    problem(
      "edit_not_converged",
      `The slots did not learn this fact: mean loss of the set ${loss.toFixed(3)} nats after ${steps} steps. Try --set steps=2000, more slots, or fewer facts.`,
      { detail: { loss, steps } },
    ),
  );

const patchOf = ({ neurons }: TrainedSlots, { chosen, site }: CaliNetWork): NeuronsPatch => {
  const { wanted, kept } = chosen;
  const [id] = editIdentities(wanted.slice(0, 1), new Set(kept.patches.map((patch) => patch.id)));
  const edits = wanted.map((_, index) => kept.edits.length + index);
  return toNeuronsPatch(neurons, { id: id!, edits, layer: site.block.hook.layer });
};

/** Trains with the settings given, and where a fact's own prompt does not get its target then, once more for longer. */
const trainUntilAnswered = (job: SlotJob, work: CaliNetWork, { loss }: NeuronsSession) => {
  const { settings, context } = work;
  return firstThatHolds({
    settings: [settings, harder(settings)],
    make: (tried, attempt) =>
      context.workbench.remember(`slots ${attempt}`, () => trainSlots(job, loss, tried)),
    missed: (trained) => firstMissed(patchOf(trained, work), work),
    fault: notLearnt,
  });
};

const makeSlots = async (work: CaliNetWork): Promise<Result<MadeTogether>> => {
  const session = await openNeuronsSession(work);
  if (!session.ok) return session;
  const job = await jobOf(work, session.value);
  if (!job.ok) return job;
  const trained = await trainUntilAnswered(job.value, work, session.value);
  if (!trained.ok) return trained;
  const { neurons, steps, loss } = trained.value;
  const patch = patchOf(trained.value, work);
  const figures = { slots: neurons.count, facts: work.chosen.wanted.length };
  return ok({
    patches: [patch],
    diagnostics: [{ id: patch.id, steps, loss, figures }],
    suspects: suspectsOf([neurons], session.value.domain),
    resolved: { slots: neurons.count, layer: patch.layer },
  });
};

/** CaliNet's work, as `caliNet` in `calinet.ts` describes it: `apply` of the method. */
export const applyCaliNet = applyAllAtOnce({ parse: parseCaliNetSettings, locate: openLastBlock }, makeSlots);
