import { z } from "zod";
import { ok } from "../../../core/result.ts";
import type { LayerCalibration } from "../../../edit/codebook/calibrate.ts";
import { PROBES_FILE, resolveModelDirectory } from "../../../workshop/directories/model-directory.ts";
import type { ModelCalibration } from "../../../workshop/models/calibrate-model.ts";
import { defineCommand } from "../../command.ts";
import { DRY_RUN, flag, text } from "../../options.ts";
import { formatTable } from "../../table.ts";

const HEADINGS = ["BLOCK", "CODEBOOK", "SAME FACT", "OTHER SUBJECT", "UNRELATED", "RADIUS", "SEPARATION"];

/** Where the median stands among the calibration's quantiles. */
const MEDIAN = 4;

/** Characters of a bar that stands for all rephrasings. */
const BAR_LENGTH = 20;

const rowOf =
  (hooked: ReadonlySet<number>) =>
  ({ layer, sameFact, sibling, unrelated, radius, separation }: LayerCalibration) => [
    String(layer),
    hooked.has(layer) ? "hook" : "-",
    ...[sameFact, sibling, unrelated].map((quantiles) => (quantiles[MEDIAN] ?? 0).toFixed(2)),
    radius.toFixed(2),
    `${(separation * 100).toFixed(1).padStart(5)} % ${"█".repeat(Math.round(separation * BAR_LENGTH))}`,
  ];

/** By how much the separation of a block without a hook must be better to be worth preparing the model again. */
const WORTHWHILE = 0.01;

const adviceOf = ({ calibration, bestLayer }: ModelCalibration): string => {
  const { advisedLayer, layers } = calibration;
  const separationAt = (block: number) => layers.find(({ layer }) => layer === block)!.separation;
  const advice = `Block ${advisedLayer} separates best of those with a codebook hook.`;
  return separationAt(bestLayer) - separationAt(advisedLayer) < WORTHWHILE
    ? `${advice} None without one is a point better.`
    : `${advice} Block ${bestLayer}, without one, is better: prepare the model with --codebook ${bestLayer}.`;
};

/** `errata model calibrate`: measures a model's own distances and writes the deferral radius into model.json. */
export const modelCalibrateCommand = defineCommand({
  name: "model calibrate",
  summary: "measure a model's distances between prompts; write the deferral radius into model.json",
  details:
    `Needs ${PROBES_FILE} in the model's directory: lines of {"prompt","subject","relation","phrasing"}, several ` +
    "phrasings of a fact and several subjects of a relation. The table shows, for the output of every block, median " +
    "distances between states at the last prompt token; separation is the share of rephrasings nearer than every " +
    "other fact. stats/calibration.svg draws the distances and the separation.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: [DRY_RUN],
  examples: ["model calibrate world", "model calibrate models/world --dry-run --json"],
  input: z.object({ model: text, dryRun: flag }),
  run: async ({ model, dryRun }, context) => {
    const { calibrateModel, CALIBRATION_PLOT_FILE } = await import(
      "../../../workshop/models/calibrate-model.ts"
    );
    const directory = await resolveModelDirectory(model, context);
    const calibrated = await calibrateModel(directory, dryRun, context);
    if (!calibrated.ok) return calibrated;
    const { calibration, hooked, bestLayer } = calibrated.value;
    const table = formatTable(HEADINGS, calibration.layers.map(rowOf(hooked)), context.terminal.style.faint);
    const done = dryRun
      ? "Dry run: model.json stays as it is."
      : `Written to model.json; ${CALIBRATION_PLOT_FILE} draws it.`;
    return ok({
      document: {
        status: dryRun ? "would write" : "written",
        directory,
        calibration,
        hooked: [...hooked],
        bestLayer,
      },
      text: `${table}\n\n${adviceOf(calibrated.value)} ${done}`,
    });
  },
});
