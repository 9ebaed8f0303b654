import { z } from "zod";
import type { PreparedModel } from "../../../core/model/prepared-model.ts";
import { ok } from "../../../core/result.ts";
import type { SecondMoment } from "../../../edit/statistics/second-moment.ts";
import { STATE_POSITIONS } from "../../../edit/statistics/state-positions.ts";
import {
  MOMENTS_DIRECTORY,
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../../../workshop/directories/model-directory.ts";
import { defineCommand } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { commaSeparated, text, wholeNumber } from "../../options.ts";
import { formatTable } from "../../table.ts";

const HEADINGS = ["BLOCK", "STATES", "SIZE", "RANK", "MEAN SQUARE"];

const input = z.object({
  model: text,
  layers: commaSeparated.pipe(z.array(wholeNumber(0))).optional(),
  positions: z.enum(STATE_POSITIONS, `expected one of: ${STATE_POSITIONS.join(", ")}`),
  corpus: text.optional(),
});

type Input = z.infer<typeof input>;

/** The blocks whose down-projection takes patches; all blocks where none does. */
const editableLayers = ({ hooks, layers }: PreparedModel): readonly number[] => {
  const down = hooks.filter((hook) => hook.kind === "low-rank" && hook.site === "down");
  const found = down.map(({ layer }) => layer);
  return found.length > 0 ? found : Array.from({ length: layers }, (_, layer) => layer);
};

const openStore = async (files: ModelDirectory, options: Input, context: RunningContext) => {
  const { openMomentStore } = await import("../../../workshop/statistics/moment-store.ts");
  const { openCorpus } = await import("../../../workshop/statistics/open-corpus.ts");
  const { readModel } = await import("../../../onnx/read-model.ts");
  const { createTokenizer } = await import("../../../engine/tokenizer/tokenizer.ts");
  const graph = readModel(files.graph, () => files.weights);
  if (!graph.ok) return graph;
  const tokenizer = createTokenizer(new TextDecoder().decode(files.tokenizer));
  if (!tokenizer.ok) return tokenizer;
  return ok(
    openMomentStore({
      files,
      graph: graph.value,
      tokenizer: tokenizer.value,
      corpus: () => openCorpus(options.corpus, files, context),
      onProgress: context.progress.step,
      signal: context.signal,
      now: () => performance.now(),
    }),
  );
};

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
    "model and corpus. Editing computes what is missing by itself; this command does it beforehand, or over a corpus " +
    "of your own. A corpus is a text file, a text a line, or JSON lines of {text} or {prompt, answer}. An interrupted " +
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
      description: "texts (default: the model's stats/corpus.jsonl, training sentences or probe prompts)",
    },
  ],
  examples: ["model stats world", "model stats world --layers 1,2 --positions all --json"],
  input,
  run: async (options, context) => {
    const files = await readModelDirectory(await resolveModelDirectory(options.model, context));
    if (!files.ok) return files;
    const store = await openStore(files.value, options, context);
    if (!store.ok) return store;
    const { positions } = options;
    const layers = options.layers ?? editableLayers(files.value.model);
    const moments = await store.value.load(layers, positions);
    if (!moments.ok) return moments;
    const facts = moments.value.map((moment) => ({
      layer: moment.layer,
      states: moment.count,
      size: moment.matrix.rows,
      rank: moment.rank,
      meanSquare: meanSquare(moment),
    }));
    const corpus = moments.value[0]?.corpus ?? null;
    const table = formatTable(HEADINGS, moments.value.map(rowOf), context.terminal.style.faint);
    return ok({ document: { model: files.value.digest, corpus, positions, layers: facts }, text: table });
  },
});
