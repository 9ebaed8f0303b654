import { ok, type Result } from "../../core/result.ts";
import { inLanes } from "../../edit/frame/in-lanes.ts";
import { FEW_ITEMS } from "../../edit/frame/map-items.ts";
import type { Workers } from "../../edit/workbench.ts";
import type { EvaluationCase } from "../case.ts";
import { type BatchesParts, inBatch } from "./measure-batches.ts";
import { type MeasuringParts, measuredCase } from "./measured-case.ts";

/** What cases are measured ahead with. */
export interface AheadParts extends Pick<BatchesParts, "editor" | "journal" | "onMeasured" | "interrupted"> {
  readonly workers: Workers;
  readonly measuring: MeasuringParts;
}

/**
 * Measures cases each alone, several at a time, into the journal, where `measureBatches` finds them; nothing where
 * there are only a few that it does not know yet. Fails as that does, and where a worker breaks down.
 */
export const measureAhead = async (
  cases: readonly EvaluationCase[],
  { workers, measuring, editor, journal, onMeasured, interrupted }: AheadParts,
): Promise<Result<null>> => {
  const missing: EvaluationCase[] = [];
  for (const evaluationCase of cases) {
    const member = inBatch(evaluationCase, [evaluationCase]);
    if ((await journal.find(member)) === undefined) missing.push(member);
  }
  if (missing.length <= FEW_ITEMS) return ok(null);
  // Made once for nothing, so that what a method keeps on the disk is there before all workers want it at a time.
  const first = await editor.edit([missing[0]!.edit]);
  if (!first.ok) return first;
  const measure = workers.open(measuredCase, measuring);
  const known = cases.length - missing.length;
  const measureOne = async (member: EvaluationCase): Promise<Result<null>> => {
    const going = interrupted();
    const result = going.ok ? await measure(member) : going;
    if (!result.ok) return result;
    await journal.addCase(member, result.value);
    return ok(null);
  };
  const measured = await inLanes(missing, workers.count, measureOne, (done) => onMeasured(known + done));
  return measured.ok ? ok(null) : measured;
};
