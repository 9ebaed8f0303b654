import type { Edit } from "../../core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditRows } from "../neurons/edit-rows.ts";
import type { MemoryRows } from "../neurons/memory-loss.ts";
import type { NeuronsSession } from "../neurons/neurons-session.ts";
import { negativesOf } from "../probes/negatives.ts";
import { subjectOf } from "../prompts/subject-of.ts";
import { readHardMemory } from "./hard-memory.ts";
import type { NeuronJob } from "./train-neurons.ts";

/** One text in this many is kept for validation. */
const VALIDATION_SHARE = 4;

const split = (texts: MemoryRows): { readonly memory: MemoryRows; readonly validation: MemoryRows } => ({
  memory: texts.filter((_, index) => index % VALIDATION_SHARE !== VALIDATION_SHARE - 1),
  validation: texts.filter((_, index) => index % VALIDATION_SHARE === VALIDATION_SHARE - 1),
});

/**
 * What the neurons of an edit are to stay silent on: texts of the model's domain but for those that ask for the
 * edit's own fact, its prompts about other subjects, and the rows of `earlier` edits. A share of the texts is kept
 * apart for validation; earlier edits count in both, as published.
 */
export const readNeuronMemory = async (
  edit: Edit,
  rows: EditRows,
  earlier: readonly Edit[],
  session: NeuronsSession,
): Promise<Result<Pick<NeuronJob, "memory" | "validation" | "edited">>> => {
  const { context, states, domain, upstream } = session;
  const query = rows.inputs.subarray(0, session.block.hook.width);
  const known = { ...edit, subject: subjectOf(edit) };
  const foreign = await negativesOf(known, query, domain, context.engine, EMPTY_PATCH_SET);
  const hard = await readHardMemory(edit, query, { context, states, domain, upstream });
  if (!hard.ok) return hard;
  const edited: Float32Array[] = [];
  for (const other of earlier) {
    const read = await session.rowsOf(other);
    if (!read.ok) return read;
    edited.push(read.value.inputs);
  }
  const [ordinary, near] = [split(foreign.map(({ inputs }) => inputs)), split(hard.value)];
  return ok({
    memory: [...near.memory, ...ordinary.memory, ...edited],
    validation: [...near.validation, ...ordinary.validation, ...edited],
    edited,
  });
};
