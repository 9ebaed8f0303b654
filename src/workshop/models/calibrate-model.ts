import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { counted } from "../../core/counted.ts";
import { findHook, hooksAt } from "../../core/model/find-hook.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { collectBlockStates } from "../../edit/codebook/block-states.ts";
import { advisedLayer, calibrateLayer, type LayerCalibration } from "../../edit/codebook/calibrate.ts";
import { calibrationSvg } from "../../edit/codebook/calibration-plot.ts";
import { letEventsIn } from "../../edit/running/let-events-in.ts";
import { MODEL_FILES, PROBES_FILE, readModelDirectory } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type OpenModel, openModel } from "./open-model.ts";

/** Where a model keeps the plot of its calibration; publisher's side only. */
export const CALIBRATION_PLOT_FILE = join("stats", "calibration.svg");

/** What calibration says of a model. */
export interface ModelCalibration {
  /** As `model.json` keeps it: every block; the advised one has a codebook hook. */
  readonly calibration: NonNullable<PreparedModel["calibration"]>;
  /** Blocks with a codebook hook. */
  readonly hooked: ReadonlySet<number>;
  /** The block that separates best, hooked or not. */
  readonly bestLayer: number;
}

const codebookLayers = (model: PreparedModel): ReadonlySet<number> =>
  new Set(hooksAt(model, { kind: "codebook" }).map(({ layer }) => layer));

const tooFew = ({ name }: PreparedModel, probes: number) =>
  problem(
    "too_few_samples",
    `${counted(probes, "probe prompt")} of ${name} tell no distance between facts. Give more, or let the model write them: errata model texts ${name}`,
    { param: PROBES_FILE },
  );

const measure = async (
  model: PreparedModel,
  { engine, graph, probes }: OpenModel,
  { progress, signal }: WorkshopContext,
): Promise<Result<ModelCalibration>> => {
  const states = await collectBlockStates({
    model,
    engine,
    graph,
    probes,
    onProgress: progress.step,
    signal,
  });
  if (!states.ok) return states;
  const layers: LayerCalibration[] = [];
  for (const [layer, ofBlock] of states.value.entries()) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    layers.push(calibrateLayer(layer, ofBlock));
    progress.step({
      stage: "comparing states, block by block",
      done: layer + 1,
      total: states.value.length,
    });
  }
  if (layers.some(({ radius }) => radius === 0)) return fail(tooFew(model, probes.length));
  const hooked = codebookLayers(model);
  const advised = advisedLayer(layers.filter(({ layer }) => hooked.has(layer)));
  return ok({
    calibration: { layers, advisedLayer: advised },
    hooked,
    bestLayer: advisedLayer(layers),
  });
};

const write = async (
  directory: string,
  model: PreparedModel,
  { calibration, hooked }: ModelCalibration,
): Promise<void> => {
  await writeFileAtomic(
    join(directory, CALIBRATION_PLOT_FILE),
    calibrationSvg(model.name, calibration.layers, hooked),
  );
  await writeFileAtomic(
    join(directory, MODEL_FILES.model),
    `${JSON.stringify({ ...model, calibration }, null, 2)}\n`,
  );
};

/**
 * Measures the distances of a prepared model at the output of every block and, unless `dryRun`, writes them into its
 * `model.json` and draws them in `stats/calibration.svg`. The model's digest stays the same.
 *
 * Errors: those of `readModelDirectory`, `openModel` and `collectBlockStates`; `file_not_found` without probes; `too_few_samples` where they tell no distance;
 * `wrong_base_model` for a model without a codebook.
 */
export const calibrateModel = async (
  directory: string,
  dryRun: boolean,
  context: WorkshopContext,
): Promise<Result<ModelCalibration>> => {
  const files = await readModelDirectory(directory);
  if (!files.ok) return files;
  const { model } = files.value;
  const advice = "Prepare the model with --codebook.";
  const some = findHook(model, { kind: "codebook" }, { who: "Calibration", advice, param: "model" });
  if (!some.ok) return some;
  const opened = await openModel(files.value, context);
  if (!opened.ok) return opened;
  try {
    if (opened.value.probes.length === 0)
      return fail(
        problem("file_not_found", `${directory} holds no ${PROBES_FILE}; see errata model calibrate --help.`),
      );
    const calibrated = await measure(model, opened.value, context);
    if (calibrated.ok && !dryRun) await write(directory, model, calibrated.value);
    return calibrated;
  } finally {
    await opened.value.engine.release();
  }
};
