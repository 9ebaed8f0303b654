import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** The file of a sweep, in the directory of the model that it was made for. */
export const SWEEP_FILE = "sweep.csv";

/** One proxy run: its settings, and what came of it. */
const sweepRowSchema = z.object({
  width: z.coerce.number(),
  layers: z.coerce.number(),
  heads: z.coerce.number(),
  ffn: z.coerce.number(),
  learningRate: z.coerce.number(),
  /** Of the full model, its whole vocabulary included. */
  parameters: z.coerce.number(),
  steps: z.coerce.number(),
  /** Mean loss of the last steps, in nats. */
  loss: z.coerce.number(),
  /** Share of the proxy's facts recalled in phrasings that it was trained on. */
  trained: z.coerce.number(),
  /** The same in held-out phrasings. */
  heldOut: z.coerce.number(),
  /** Share of the proxy's held-out chains completed. */
  twoHop: z.coerce.number(),
});

/** One line of a sweep's table. */
export type SweepRow = z.infer<typeof sweepRowSchema>;

const COLUMNS = Object.keys(sweepRowSchema.shape) as (keyof SweepRow)[];

/** The rows as CSV with a header. */
export const sweepCsv = (rows: readonly SweepRow[]): string =>
  [COLUMNS.join(","), ...rows.map((row) => COLUMNS.map((column) => row[column]).join(",")), ""].join("\n");

/** Reads what `sweepCsv` wrote. */
export const parseSweepCsv = (text: string): SweepRow[] =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const cells = line.split(",");
      return sweepRowSchema.parse(Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i]])));
    });

/** The rows of the sweep in `directory`; none where there is no sweep. */
export const readSweep = async (directory: string): Promise<readonly SweepRow[]> => {
  const text = await readFile(join(directory, SWEEP_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? [] : parseSweepCsv(text);
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The rows as a Markdown table. */
export const sweepTable = (rows: readonly SweepRow[]): string =>
  [
    "| width | blocks | peak rate | parameters | last loss | trained phrasings | held-out phrasings | two-hop |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(
      ({ width, layers, learningRate, parameters, loss, trained, heldOut, twoHop }) =>
        `| ${width} | ${layers} | ${learningRate} | ${parameters.toLocaleString("en-US")} | ${loss.toFixed(3)} | ${percent(trained)} | ${percent(heldOut)} | ${percent(twoHop)} |`,
    ),
  ].join("\n");
