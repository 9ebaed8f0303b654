import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { probeStatesAt } from "../codebook/block-states.ts";
import { calibrateLayer } from "../codebook/calibrate.ts";
import type { MethodWork } from "../frame/apply-method.ts";
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
 * Measures the probes, settles the radius and opens the gradients, for edits on top of the parent's patches. Errors:
 * `invalid_request` where there is nothing to take a radius from; those of `collectBlockStates`.
 */
export const openGraceSession = async ({
  context,
  settings,
  site: hook,
  chosen: { parent },
}: MethodWork<GraceSettings, CodebookHook>): Promise<Result<GraceSession>> => {
  const { layer } = hook;
  const states = await probeStatesAt(context, layer);
  if (!states.ok) return states;
  const radius = initialRadius(context, settings, layer, states.value);
  if (!radius.ok) return radius;
  const trainer = openValueTrainer(context.model, context.graph, hook, settings);
  return ok({
    context,
    settings,
    hook,
    trainer,
    states: states.value,
    radius: radius.value,
    parent,
  });
};
