import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { probeStatesAt } from "../codebook/block-states.ts";
import { calibrateLayer } from "../codebook/calibrate.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { GraceSettings } from "./settings.ts";
import { openValueTrainer, type ValueTrainer } from "./value-trainer.ts";

/** What stays the same while the edits of one bundle are worked through. */
export interface GraceSession {
  readonly context: Pick<EditingContext, "model" | "engine">;
  readonly settings: GraceSettings;
  readonly hook: CodebookHook;
  readonly trainer: ValueTrainer;
  readonly states: readonly ProbeState[];
  /** Deferral radius of a new entry before its neighbourhood narrows it. */
  readonly radius: number;
  readonly parent: PatchSet;
}

/** The codebook at block `wanted`, or where calibration advises it. Errors: `shape_mismatch`, with the blocks that have one. */
export const codebookHook = (
  context: Pick<EditingContext, "model">,
  wanted: number | null,
): Result<CodebookHook> => {
  const hooks = context.model.hooks.filter((hook) => hook.kind === "codebook");
  const layer = wanted ?? context.model.calibration?.advisedLayer ?? hooks.at(-1)?.layer;
  const hook = hooks.find((candidate) => candidate.layer === layer);
  if (hook) return ok(hook);
  const offered = hooks.map((candidate) => candidate.layer).join(", ") || "none";
  return fail(
    problem(
      "shape_mismatch",
      `${context.model.name} has no codebook at block ${layer}; it has one at: ${offered}.`,
    ),
  );
};

const initialRadius = (
  context: EditingContext,
  settings: GraceSettings,
  layer: number,
  states: readonly ProbeState[],
): Result<number> => {
  if (settings.radius !== null) return ok(settings.radius);
  const calibrated = context.model.calibration?.layers.find((entry) => entry.layer === layer);
  if (calibrated) return ok(calibrated.radius);
  if (states.length > 0) return ok(calibrateLayer(layer, states).radius);
  return fail(
    problem(
      "invalid_request",
      `${context.model.name} is not calibrated: run \`errata model calibrate ${context.model.name}\`, or give --set radius=NUMBER.`,
    ),
  );
};

/**
 * Measures the probes, settles the radius and opens the gradients, for edits on top of the patches of `parent`. Fails
 * where the model has no such codebook, and as `collectBlockStates` does.
 */
export const openGraceSession = async (
  context: EditingContext,
  settings: GraceSettings,
  parent: PatchSet,
): Promise<Result<GraceSession>> => {
  const hook = codebookHook(context, settings.layer);
  if (!hook.ok) return hook;
  const { layer } = hook.value;
  const states = await probeStatesAt(context, layer);
  if (!states.ok) return states;
  const radius = initialRadius(context, settings, layer, states.value);
  if (!radius.ok) return radius;
  const trainer = openValueTrainer(context.model, context.graph, hook.value, settings);
  return ok({
    context,
    settings,
    hook: hook.value,
    trainer,
    states: states.value,
    radius: radius.value,
    parent,
  });
};
