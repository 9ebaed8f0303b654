import { ok, type Result } from "../../core/result.ts";
import { type EvaluatedModel, type Respondent, UNEDITED } from "../asking/evaluated-model.ts";
import { rememberAnswers } from "../asking/remember-answers.ts";
import type { EvaluationCase, LocalityProbe } from "../case.ts";
import type { Journal } from "../journal.ts";
import type { CaseResult } from "../report.ts";
import { editedPrompts } from "./edited-prompts.ts";
import type { Editor, Made } from "./editor.ts";
import { casesInBatches, editsOf, makeBatch } from "./make-batch.ts";
import { measureCase } from "./measure-case.ts";

/** What the cases of one batch are measured with. */
export interface BatchParts {
  readonly evaluated: EvaluatedModel;
  readonly editor: Editor;
  /** The unedited model, asked nothing twice. */
  readonly before: Respondent;
  /** Returns a problem where the work is to stop. */
  readonly interrupted: () => Result<null>;
  /** Called with every case as it is measured. */
  readonly onCase: (member: EvaluationCase, result: CaseResult) => Promise<void>;
}

/** What batch after batch is measured with. */
export interface BatchesParts extends Omit<BatchParts, "onCase"> {
  readonly journal: Journal;
  /** Cases made at a time, in one application of the method: 1 for each alone. */
  readonly size: number;
  /** Called with the number of cases measured whenever there are more. */
  readonly onMeasured: (done: number) => void;
}

/**
 * A case as a member of its batch: the others' edits are made with it, and what asks for one of their facts is no
 * locality prompt of it.
 */
export const inBatch = (own: EvaluationCase, batch: readonly EvaluationCase[]): EvaluationCase => {
  const others = batch.filter((other) => other !== own);
  const edited = new Set(others.flatMap(editedPrompts));
  const kept = <Probe extends LocalityProbe>(probes: readonly Probe[]) =>
    probes.filter(({ prompt }) => !edited.has(prompt));
  const { neighbours, sameSubject, random } = own.locality;
  return {
    ...own,
    alongside: [...own.alongside, ...others.flatMap(editsOf)],
    locality: { neighbours: kept(neighbours), sameSubject: kept(sameSubject), random: kept(random) },
  };
};

const measureMade = async (
  members: readonly EvaluationCase[],
  { attachment, skipped, seconds, bytes }: Made,
  edits: number,
  { evaluated, before, interrupted, onCase }: BatchParts,
): Promise<Result<ReadonlyMap<EvaluationCase, CaseResult>>> => {
  const attached = await evaluated.attach(attachment);
  if (!attached.ok) return attached;
  const after = rememberAnswers(attached.value);
  const results = new Map<EvaluationCase, CaseResult>();
  for (const member of members) {
    const going = interrupted();
    if (!going.ok) return going;
    const reason = skipped.get(member.edit.prompt) ?? null;
    const cost = { seconds: seconds / edits, bytes: bytes / edits, skipped: reason };
    const result = await measureCase(member, { before, after }, cost);
    if (!result.ok) return result;
    await onCase(member, result.value);
    results.set(member, result.value);
  }
  const closed = await after.close();
  return closed.ok ? ok(results) : closed;
};

/** Makes a batch on the unedited model and measures those of its cases that are `members`. */
export const measureBatch = async (
  batch: readonly EvaluationCase[],
  members: readonly EvaluationCase[],
  parts: BatchParts,
): Promise<Result<ReadonlyMap<EvaluationCase, CaseResult>>> => {
  const made = await makeBatch(batch, parts.editor, UNEDITED);
  if (!made.ok) return made;
  return measureMade(members, made.value, batch.flatMap(editsOf).length, parts);
};

/**
 * Makes the cases `size` at a time, each batch on the unedited model, and measures every case under the patches of
 * its batch; time and bytes of a batch are shared among its edits. Cases that the journal knows are not measured
 * again, and a batch that it knows in full is not made again.
 */
export const measureBatches = async (
  cases: readonly EvaluationCase[],
  parts: BatchesParts,
): Promise<Result<readonly CaseResult[]>> => {
  const { editor, journal, interrupted, onMeasured } = parts;
  const results: CaseResult[] = [];
  let primed = false;
  for (const batch of casesInBatches(cases, parts.size)) {
    const going = interrupted();
    if (!going.ok) return going;
    const members = batch.map((member) => inBatch(member, batch));
    const known = new Map<EvaluationCase, CaseResult>();
    for (const member of members) {
      const result = await journal.find(member);
      if (result) known.set(member, result);
    }
    const missing = members.filter((member) => !known.has(member));
    if (missing.length > 0 && !primed) {
      // The first edit of all also measures the model's probes, which belongs to no edit: made once for nothing.
      const first = await editor.edit([batch[0]!.edit]);
      if (!first.ok) return first;
      primed = true;
    }
    const fresh =
      missing.length > 0
        ? await measureBatch(batch, missing, { ...parts, onCase: journal.addCase })
        : ok(known);
    if (!fresh.ok) return fresh;
    for (const member of members) results.push((known.get(member) ?? fresh.value.get(member))!);
    if (missing.length > 0) onMeasured(results.length);
  }
  return ok(results);
};
