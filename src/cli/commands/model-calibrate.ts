import { z } from "zod";
import { ok } from "../../core/result.ts";
import type { LayerCalibration } from "../../edit/calibrate.ts";
import { defineCommand } from "../command.ts";
import { PROBES_FILE, resolveModelDirectory } from "../model-directory.ts";
import { DRY_RUN, flag, text } from "../options.ts";
import { formatTable } from "../table.ts";

const HEADINGS = ["BLOCK", "SAME FACT", "OTHER SUBJECT", "UNRELATED", "RADIUS", "SEPARATION"];

/** Where the median stands among the calibration's quantiles. */
const MEDIAN = 4;

const rowOf = ({ layer, sameFact, sibling, unrelated, radius, separation }: LayerCalibration) => [
  String(layer),
  ...[sameFact, sibling, unrelated].map((quantiles) => (quantiles[MEDIAN] ?? 0).toFixed(2)),
  radius.toFixed(2),
  `${(separation * 100).toFixed(1)} %`,
];

/** `errata model calibrate`: measures a model's own distances and writes the deferral radius into model.json. */
export const modelCalibrateCommand = defineCommand({
  name: "model calibrate",
  summary: "measure a model's distances between prompts; write the deferral radius into model.json",
  details:
    `Needs ${PROBES_FILE} in the model's directory: lines of {"prompt","subject","relation","phrasing"}, several ` +
    "phrasings of a fact and several subjects of a relation. The table shows median distances between states at the " +
    "last prompt token; separation is the share of rephrasings nearer than every other fact.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: [DRY_RUN],
  examples: ["model calibrate world", "model calibrate models/world --dry-run --json"],
  input: z.object({ model: text, dryRun: flag }),
  run: async ({ model, dryRun }, context) => {
    const { calibrateModel } = await import("../editing/calibrate-model.ts");
    const directory = await resolveModelDirectory(model, context);
    const calibration = await calibrateModel(directory, dryRun, context);
    if (!calibration.ok) return calibration;
    const { layers, advisedLayer } = calibration.value;
    const table = formatTable(HEADINGS, layers.map(rowOf), context.terminal.style.faint);
    const done = dryRun ? "Dry run: model.json stays as it is." : "Written to model.json.";
    return ok({
      document: { status: dryRun ? "would write" : "written", directory, calibration: calibration.value },
      text: `${table}\n\nBlock ${advisedLayer} separates best. ${done}`,
    });
  },
});
