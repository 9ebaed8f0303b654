import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { ok, type Result } from "../../core/result.ts";
import { runSweep } from "../../train/proxy-sweep.ts";
import { formatProgress } from "../../train/run/progress.ts";
import { SWEEP_FILE, type SweepRow, sweepCsv } from "../../train/trained/sweep-table.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { TrainingRun } from "./training-run.ts";

/** The proxy runs of a sweep, and where their table was written. */
export interface Sweep {
  readonly path: string;
  readonly rows: readonly SweepRow[];
}

/** Makes the proxy runs of a sweep and writes their table into `out`, where the model card finds it. */
export const sweepSettings = async (
  { config, corpus, out }: Pick<TrainingRun, "config" | "corpus" | "out">,
  { progress, signal }: WorkshopContext,
): Promise<Result<Sweep>> => {
  const rows = await runSweep(config, {
    corpus,
    signal,
    onProgress: (step) => progress.line(formatProgress(step)),
  });
  if (!rows.ok) return rows;
  const path = join(out, SWEEP_FILE);
  await mkdir(out, { recursive: true });
  await writeFileAtomic(path, sweepCsv(rows.value));
  return ok({ path, rows: rows.value });
};
