import type { Edit } from "../../core/edit/edit.ts";
import type { NeuronsPatch } from "../../core/patch/kinds/neurons.ts";
import { problem } from "../../core/problem.ts";
import { ok, type Result } from "../../core/result.ts";
import { firstThatHolds, harder } from "../frame/attempts.ts";
import {
  applyEditByEdit,
  type Draft,
  type EditPlace,
  type MadeEdit,
  unansweredWith,
} from "../frame/edit-by-edit.ts";
import type { EditRows } from "../neurons/edit-rows.ts";
import { addOutputs, type Neurons, neuronsAt, toNeuronsPatch } from "../neurons/neurons.ts";
import { type NeuronsSession, openLastBlock, openNeuronsSession } from "../neurons/neurons-session.ts";
import { suspectsOf } from "../neurons/suspects.ts";
import { readNeuronMemory } from "./neuron-memory.ts";
import { parseTPatcherSettings, type TPatcherSettings } from "./settings.ts";
import { type NeuronJob, type TrainedNeurons, trainNeurons } from "./train-neurons.ts";

/** An edit with the neurons that carry it. */
interface NeuronEdit extends Required<MadeEdit> {
  readonly patches: readonly NeuronsPatch[];
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

/** What the neurons of an edit are to do on top of `draft`. */
const jobOf = async (edit: Edit, draft: Draft, session: NeuronsSession): Promise<Result<NeuronJob>> => {
  const bare = await session.rowsOf(edit);
  if (!bare.ok) return bare;
  const rows = patchedRows(bare.value, neuronsAt(draft.patches, session.block.hook.layer));
  const places = await mispredictedPlaces(rows, session);
  if (!places.ok) return places;
  const memory = await readNeuronMemory(edit, rows, draft.edits, session);
  return memory.ok ? ok({ rows, places: places.value, ...memory.value }) : memory;
};

const notConverged = ({ optimized, figures }: NeuronEdit, prompts: readonly string[]) => {
  const { loss, steps } = optimized;
  const message =
    `The neurons did not converge: loss ${loss.toFixed(3)} nats after ${steps} steps, and "${prompts[0]}" is not answered with the target. ` +
    "Try --set steps=1000, a lower memory-weight, or a target in commoner words.";
  const detail = { loss, steps, validationLoss: figures.validationLoss };
  return problem("edit_not_converged", message, { detail });
};

const toEdit = (
  { neurons, steps, loss, memoryLoss, validationLoss }: TrainedNeurons,
  place: EditPlace,
  layer: number,
): NeuronEdit => ({
  patches: [toNeuronsPatch(neurons, { ...place, layer })],
  figures: { neurons: neurons.count, memoryLoss, validationLoss },
  optimized: { steps, loss },
});

/** Trains with `settings`, and where the target does not hold in free-running decoding once more for longer. */
const trainUntilAnswered = async (
  edit: Edit,
  place: EditPlace,
  draft: Draft,
  settings: TPatcherSettings,
  session: NeuronsSession,
): Promise<Result<NeuronEdit>> => {
  const job = await jobOf(edit, draft, session);
  if (!job.ok) return job;
  return firstThatHolds({
    settings: [settings, harder(settings)],
    make: async (tried) => {
      const trained = await trainNeurons(job.value, session.loss, tried);
      return trained.ok ? ok(toEdit(trained.value, place, session.block.hook.layer)) : trained;
    },
    missed: async ({ patches }) => {
      const unanswered = await unansweredWith(edit, patches, draft, session.context);
      return unanswered.ok && unanswered.value.length === 0 ? ok(null) : unanswered;
    },
    fault: notConverged,
  });
};

/** T-Patcher's work, as `tPatcher` in `t-patcher.ts` describes it: `apply` of the method. */
export const applyTPatcher = applyEditByEdit(
  { parse: parseTPatcherSettings, locate: openLastBlock },
  async (work) => {
    const session = await openNeuronsSession(work);
    if (!session.ok) return session;
    const { domain, block } = session.value;
    return ok({
      make: (edit, place, draft) => trainUntilAnswered(edit, place, draft, work.settings, session.value),
      suspects: async (made: readonly NeuronEdit[]) => {
        const patches = made.flatMap((edit) => edit.patches);
        return ok(suspectsOf(neuronsAt(patches, block.hook.layer), domain));
      },
      resolved: { layer: block.hook.layer },
    });
  },
);
