import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Outcome } from "../../cli/command.ts";
import type { CommandContext } from "../../cli/context.ts";
import { createProgress } from "../../cli/progress.ts";
import { formatTable } from "../../cli/table.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { TrainConfig } from "../../train/config.ts";
import type { SweepRow } from "../../train/sweep-table.ts";
import type { Corpus } from "../../world/corpus.ts";

const HEADINGS = ["WIDTH", "BLOCKS", "RATE", "PARAMETERS", "LOSS", "TRAINED", "HELD OUT", "TWO-HOP"];

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const cellsOf = ({ width, layers, learningRate, parameters, loss, trained, heldOut, twoHop }: SweepRow) => [
  String(width),
  String(layers),
  String(learningRate),
  String(parameters),
  loss.toFixed(3),
  ...[trained, heldOut, twoHop].map(percent),
];

const describeSweep = (rows: readonly SweepRow[], path: string, context: CommandContext): Outcome => ({
  document: { status: "swept", path, rows },
  text: `${formatTable(HEADINGS, rows.map(cellsOf), context.terminal.style.faint)}\n\nWritten to ${path}.`,
});

/** Makes the proxy runs of a sweep and writes their table into `out`, where the model card finds it. */
export const sweepSettings = async (
  { config, corpus, out }: { readonly config: TrainConfig; readonly corpus: Corpus; readonly out: string },
  context: CommandContext,
): Promise<Result<Outcome>> => {
  const { runSweep } = await import("../../train/proxy-sweep.ts");
  const { SWEEP_FILE, sweepCsv } = await import("../../train/sweep-table.ts");
  const { formatProgress } = await import("../../train/progress.ts");
  const progress = createProgress(context.terminal);
  try {
    const rows = await runSweep(config, {
      corpus,
      signal: context.signal,
      onProgress: (step) => progress.line(formatProgress(step)),
    });
    if (!rows.ok) return rows;
    const path = join(out, SWEEP_FILE);
    await mkdir(out, { recursive: true });
    await writeFileAtomic(path, sweepCsv(rows.value));
    return ok(describeSweep(rows.value, path, context));
  } finally {
    progress.end();
  }
};
