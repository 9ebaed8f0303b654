import { z } from "zod";
import { ok } from "../../../core/result.ts";
import type { SecondMoment } from "../../../edit/statistics/second-moment.ts";
import { STATE_POSITIONS } from "../../../edit/statistics/state-positions.ts";
import { MOMENTS_DIRECTORY } from "../../../workshop/directories/model-directory.ts";
import { defineCommand } from "../../command.ts";
import { commaSeparated, text, wholeNumber } from "../../options.ts";
import { formatTable } from "../../table.ts";

const HEADINGS = ["BLOCK", "STATES", "SIZE", "RANK", "MEAN SQUARE"];

const meanSquare = ({ matrix: { rows, data } }: SecondMoment): number =>
  data.reduce((sum, value, i) => (i % (rows + 1) === 0 ? sum + value : sum), 0) / rows;

const rowOf = (moment: SecondMoment) =>
  [moment.layer, moment.count, moment.matrix.rows, moment.rank, meanSquare(moment).toPrecision(3)].map(
    String,
  );

/** `errata model stats`: second moments of what enters the down-projections. */
export const modelStatsCommand = defineCommand({
  name: "model stats",
  summary: "take the second moments of a model's FFN states, which ROME, MEMIT and AlphaEdit need",
  details:
    `E[a aᵀ] of the inputs of the down-projections, kept in the model's ${MOMENTS_DIRECTORY} under the digests of ` +
    "model and corpus. Editing computes what is missing by itself; this command does it beforehand. A corpus " +
    "of your own is kept in the model's stats/ for all later edits. It is a text file, a text a line, or JSON lines of {text} or {prompt, answer}. An interrupted " +
    "run goes on where it stopped. Positions: all tokens; last-prompt, where an answer begins; answer, wherever a " +
    "token of the answer or its end is predicted.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: [
    {
      flags: "--layers <blocks>",
      description: "blocks, such as 1,2 (default: those with a hook on their down-projection)",
    },
    {
      flags: "--positions <which>",
      description: `which states count: ${STATE_POSITIONS.join(", ")}`,
      default: "last-prompt",
    },
    {
      flags: "--corpus <file>",
      description: "texts to keep and to take them over (default: what the model has)",
    },
  ],
  examples: ["model stats world", "model stats world --layers 1,2 --positions all --json"],
  input: z.object({
    model: text,
    layers: commaSeparated.pipe(z.array(wholeNumber(0))).optional(),
    positions: z.enum(STATE_POSITIONS, `expected one of: ${STATE_POSITIONS.join(", ")}`),
    corpus: text.optional(),
  }),
  run: async (options, context) => {
    const { takeStatistics } = await import("../../../workshop/statistics/take-statistics.ts");
    const taken = await takeStatistics(options, context);
    if (!taken.ok) return taken;
    const { model, moments } = taken.value;
    const facts = moments.map((moment) => ({
      layer: moment.layer,
      states: moment.count,
      size: moment.matrix.rows,
      rank: moment.rank,
      meanSquare: meanSquare(moment),
    }));
    const corpus = moments[0]?.corpus ?? null;
    const table = formatTable(HEADINGS, moments.map(rowOf), context.terminal.style.faint);
    return ok({ document: { model, corpus, positions: options.positions, layers: facts }, text: table });
  },
});
