import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { advisedLayer, calibrateLayer, type LayerCalibration } from "../../edit/calibrate.ts";
import { collectProbeStates } from "../../edit/probe-states.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type OpenModel, openModel, PROBES_FILE } from "../editing/open-model.ts";
import { MODEL_FILES, readModelDirectory, resolveModelDirectory } from "../model-directory.ts";
import { DRY_RUN, flag, text } from "../options.ts";
import { createProgress } from "../progress.ts";
import { formatTable } from "../table.ts";

type Calibration = NonNullable<PreparedModel["calibration"]>;

const calibrate = async (
  model: PreparedModel,
  opened: OpenModel,
  context: CommandContext,
): Promise<Result<Calibration>> => {
  const hooks = model.hooks.filter((hook) => hook.kind === "codebook");
  const layers: LayerCalibration[] = [];
  const progress = createProgress(context.terminal);
  for (const { layer } of hooks) {
    const states = await collectProbeStates(opened.engine, opened.probes, layer, ({ done, total }) =>
      progress.step({ stage: `block ${layer}`, done, total }),
    );
    if (!states.ok) return states;
    layers.push(calibrateLayer(layer, states.value));
  }
  progress.end();
  return ok({ layers, advisedLayer: advisedLayer(layers) });
};

const rowOf = ({
  layer,
  sameFact,
  sibling,
  unrelated,
  radius,
  separation,
}: LayerCalibration): readonly string[] => {
  const median = (quantiles: readonly number[]) => (quantiles[4] ?? 0).toFixed(2);
  return [
    String(layer),
    median(sameFact),
    median(sibling),
    median(unrelated),
    radius.toFixed(2),
    `${(separation * 100).toFixed(1)} %`,
  ];
};

const HEADINGS = ["block", "same fact", "other subject", "unrelated", "radius", "separation"];

/** `errata model calibrate`: measures a model's own distances and writes the deferral radius into model.json. */
export const modelCalibrateCommand = defineCommand({
  name: "model calibrate",
  summary: "measure a model's distances between prompts and write the deferral radius into model.json",
  details:
    `Needs ${PROBES_FILE} in the model's directory: lines of {"prompt","subject","relation","phrasing"}, several ` +
    "phrasings of a fact and several subjects of a relation. The table shows median distances between states at the " +
    "last prompt token. The model's digest stays the same.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: [DRY_RUN],
  examples: ["model calibrate world", "model calibrate models/world --dry-run --json"],
  input: z.object({ model: text, dryRun: flag }),
  run: async ({ model: name, dryRun }, context) => {
    const directory = await resolveModelDirectory(name, context);
    const files = await readModelDirectory(directory);
    if (!files.ok) return files;
    const opened = await openModel(files.value);
    if (!opened.ok) return opened;
    if (opened.value.probes.length === 0)
      return fail(
        problem("file_not_found", `${directory} holds no ${PROBES_FILE}; see errata model calibrate --help.`),
      );
    const calibration = await calibrate(files.value.model, opened.value, context);
    await opened.value.engine.release();
    if (!calibration.ok) return calibration;
    const path = join(directory, MODEL_FILES.model);
    if (!dryRun)
      await writeFile(
        path,
        `${JSON.stringify({ ...files.value.model, calibration: calibration.value }, null, 2)}\n`,
      );
    const advice = `Block ${calibration.value.advisedLayer} separates best. ${dryRun ? "Dry run: it was not" : "It was"} written to ${path}.`;
    return ok({
      document: { status: dryRun ? "would write" : "written", path, calibration: calibration.value },
      text: `${formatTable(HEADINGS, calibration.value.layers.map(rowOf), context.terminal.style.strong)}\n\n${advice}`,
    });
  },
});
