import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { advisedLayer, calibrateLayer, type LayerCalibration } from "../../edit/calibrate.ts";
import { collectProbeStates } from "../../edit/probe-states.ts";
import type { CommandContext } from "../context.ts";
import { MODEL_FILES, PROBES_FILE, readModelDirectory } from "../model-directory.ts";
import { createProgress } from "../progress.ts";
import { type OpenModel, openModel } from "./open-model.ts";

/** What calibration says of a model. */
export type Calibration = NonNullable<PreparedModel["calibration"]>;

const measure = async (
  model: PreparedModel,
  { engine, probes }: OpenModel,
  context: CommandContext,
): Promise<Result<Calibration>> => {
  const layers: LayerCalibration[] = [];
  const progress = createProgress(context.terminal);
  for (const { layer } of model.hooks.filter((hook) => hook.kind === "codebook")) {
    const states = await collectProbeStates(engine, probes, layer, {
      onProgress: ({ done, total }) =>
        progress.step({ stage: `measuring distances at block ${layer}`, done, total }),
      signal: context.signal,
    });
    if (!states.ok) return states;
    layers.push(calibrateLayer(layer, states.value));
  }
  progress.end();
  return ok({ layers, advisedLayer: advisedLayer(layers) });
};

/**
 * Measures the distances of a prepared model at each of its codebooks and, unless `dryRun`, writes them into its
 * `model.json`. The model's digest stays the same.
 *
 * Errors: those of `readModelDirectory` and `openModel`; `file_not_found` without probes; `unsupported_graph`
 * for a model without a codebook.
 */
export const calibrateModel = async (
  directory: string,
  dryRun: boolean,
  context: CommandContext,
): Promise<Result<Calibration>> => {
  const files = await readModelDirectory(directory);
  if (!files.ok) return files;
  const { model } = files.value;
  if (!model.hooks.some((hook) => hook.kind === "codebook"))
    return fail(
      problem("unsupported_graph", `${directory} has no codebook hook; prepare it with --codebook.`),
    );
  const opened = await openModel(files.value, context);
  if (!opened.ok) return opened;
  try {
    if (opened.value.probes.length === 0)
      return fail(
        problem("file_not_found", `${directory} holds no ${PROBES_FILE}; see errata model calibrate --help.`),
      );
    const calibration = await measure(model, opened.value, context);
    if (calibration.ok && !dryRun) {
      const description = { ...model, calibration: calibration.value };
      await writeFile(join(directory, MODEL_FILES.model), `${JSON.stringify(description, null, 2)}\n`);
    }
    return calibration;
  } finally {
    await opened.value.engine.release();
  }
};
