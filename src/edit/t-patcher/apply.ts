import type { Edit } from "../../core/edit/edit.ts";
import type { NeuronsPatch } from "../../core/patch/kinds/neurons.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { answeredSince, type ChosenEdits, chooseEdits, unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities } from "../frame/edit-identity.ts";
import { unansweredPrompts } from "../frame/is-answered.ts";
import { letEventsIn } from "../frame/let-events-in.ts";
import { composePatches } from "../frame/parent.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditDiagnostics, EditMethod, EditOutcome, SkippedEdit } from "../method.ts";
import type { EditRows } from "../neurons/edit-rows.ts";
import { addOutputs, type Neurons, neuronsAt, toNeurons, toNeuronsPatch } from "../neurons/neurons.ts";
import { type NeuronsSession, openNeuronsSession } from "../neurons/neurons-session.ts";
import { suspectsOf } from "../neurons/suspects.ts";
import { readNeuronMemory } from "./neuron-memory.ts";
import { parseTPatcherSettings, type TPatcherSettings } from "./settings.ts";
import { type TrainedNeurons, trainNeurons } from "./train-neurons.ts";

/** Patches while they are made, and the edits they will carry. */
interface Draft {
  readonly edits: Edit[];
  readonly patches: Patch[];
  /** `patches` as the engine takes them. */
  set: PatchSet;
  readonly skipped: SkippedEdit[];
  readonly diagnostics: EditDiagnostics[];
}

interface Work {
  readonly session: NeuronsSession;
  readonly settings: TPatcherSettings;
  readonly chosen: ChosenEdits;
  readonly draft: Draft;
}

/** The edit's rows with what the neurons already there add to the stream. */
const patchedRows = (rows: EditRows, neurons: readonly Neurons[]): EditRows => {
  const stream = rows.stream.slice();
  for (const present of neurons) addOutputs(present, rows.inputs, stream);
  return { ...rows, stream };
};

/** The places in the target whose token is not the likeliest in one phrasing or another, teacher-forced. */
const mispredictedPlaces = async (
  { stream, targets, tokens }: EditRows,
  { loss }: NeuronsSession,
): Promise<Result<readonly number[]>> => {
  const hits = await loss.hits({ stream, targets });
  if (!hits.ok) return hits;
  const missed = new Set(hits.value.flatMap((hit, row) => (hit ? [] : [row % tokens])));
  return ok([...missed].sort((a, b) => a - b));
};

const notConverged = ({ loss, steps, validationLoss }: TrainedNeurons, prompts: readonly string[]) =>
  problem(
    "edit_not_converged",
    `The neurons did not converge: loss ${loss.toFixed(3)} nats after ${steps} steps, and "${prompts[0]}" is not answered with the target. ` +
      "Try --set steps=1000, a lower memory-weight, or a target in commoner words.",
    { detail: { loss, steps, validationLoss } },
  );

/** What was computed of one edit, on top of the patches before it. */
interface WrittenEdit {
  readonly patch: NeuronsPatch;
  readonly trained: TrainedNeurons;
}

/** Trains with `settings`, and where the target does not hold in free-running decoding once more for longer. */
const trainUntilAnswered = async (edit: Edit, id: string, work: Work): Promise<Result<WrittenEdit>> => {
  const { session, settings, draft } = work;
  const bare = await session.rowsOf(edit);
  if (!bare.ok) return bare;
  const rows = patchedRows(bare.value, neuronsAt(draft.patches, session.block.hook.layer));
  const places = await mispredictedPlaces(rows, session);
  if (!places.ok) return places;
  const memory = await readNeuronMemory(edit, rows, draft.edits, session);
  if (!memory.ok) return memory;
  const place = { id, edits: [draft.edits.length], layer: session.block.hook.layer };
  const { steps, "loss-target": target } = settings;
  const harder = { ...settings, steps: 2 * steps, "loss-target": target / 4 };
  for (const attempt of [settings, harder]) {
    const trained = await trainNeurons(
      { rows, places: places.value, ...memory.value },
      session.loss,
      attempt,
    );
    if (!trained.ok) return trained;
    const patch = toNeuronsPatch(trained.value.neurons, place);
    const set = composePatches([...draft.patches, patch], session.context);
    if (!set.ok) return set;
    const unanswered = await unansweredPrompts(session.context.engine, edit, set.value);
    if (unanswered.length === 0) return ok({ patch, trained: trained.value });
    if (attempt === harder) return fail(notConverged(trained.value, unanswered));
  }
  throw new Error("the last attempt returns");
};

const writeEdit = async (
  edit: Edit,
  { id, index }: { readonly id: string; readonly index: number },
  work: Work,
): Promise<Result<null>> => {
  const { session, chosen, draft } = work;
  const { context } = session;
  const answered = await answeredSince(edit, draft.set, chosen, context);
  if (answered !== null) {
    draft.skipped.push(answered);
    return ok(null);
  }
  const written = await context.workbench.remember(`t-patcher ${index}`, () =>
    trainUntilAnswered(edit, id, work),
  );
  if (!written.ok) return written;
  const { patch, trained } = written.value;
  const set = composePatches([...draft.patches, patch], context);
  if (!set.ok) return set;
  draft.edits.push(edit);
  draft.patches.push(patch);
  draft.set = set.value;
  const { neurons, steps, loss, memoryLoss, validationLoss } = trained;
  const figures = { neurons: neurons.count, memoryLoss, validationLoss };
  draft.diagnostics.push({ id, steps, loss, figures });
  return ok(null);
};

const openDraft = ({ kept, skipped, base }: ChosenEdits): Draft => ({
  edits: [...kept.edits],
  patches: [...kept.patches],
  set: base,
  skipped: [...skipped],
  diagnostics: [],
});

const outcomeOf = ({ session, settings, chosen: { kept }, draft }: Work): EditOutcome => {
  const fresh = draft.patches.slice(kept.patches.length) as NeuronsPatch[];
  const { edits, patches, skipped, diagnostics } = draft;
  const { layer } = session.block.hook;
  return {
    edits,
    patches,
    skipped,
    diagnostics,
    suspects: suspectsOf(
      fresh.map(({ tensors }) => toNeurons(tensors)),
      session.domain,
    ),
    hyperParameters: {
      ...recordSettings(settings),
      layer: String(layer),
    },
  };
};

/** T-Patcher's work, as `tPatcher` in `t-patcher.ts` describes it: `apply` of the method. */
export const applyTPatcher: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseTPatcherSettings(settings);
  if (!parsed.ok) return parsed;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  const { wanted, kept, base } = chosen.value;
  if (wanted.length === 0) return ok(unchangedOutcome(chosen.value, parsed.value));
  const opened = await openNeuronsSession(context, base, parsed.value.memory);
  if (!opened.ok) return opened;
  const draft = openDraft(chosen.value);
  const work: Work = { session: opened.value, settings: parsed.value, chosen: chosen.value, draft };
  const names = editIdentities(wanted, new Set(kept.patches.map(({ id }) => id)));
  for (const [index, edit] of wanted.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const written = await writeEdit(edit, { id: names[index]!, index }, work);
    if (!written.ok) return fail(problemOfEdit(edit, written.problem));
    context.onProgress({ stage: "editing", done: index + 1, total: wanted.length });
  }
  return ok(outcomeOf(work));
};
