import type { Edit } from "../core/edit/edit.ts";
import type { CodebookHook } from "../core/model/prepared-model.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../core/patch/codebook-limits.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { probeStatesAt } from "./block-states.ts";
import { calibrateLayer } from "./calibrate.ts";
import { SMALLEST_RADIUS } from "./codebook-geometry.ts";
import type { ChainedEntry } from "./codebook-patches.ts";
import { targetText } from "./edit-identity.ts";
import type { GraceSettings } from "./grace-settings.ts";
import type { EditDiagnostics, EditingContext } from "./method.ts";
import { editPrompts, negativesOf } from "./negatives.ts";
import { nearestDistance, type ProbeState } from "./probe-states.ts";
import { siblingStates } from "./sibling-states.ts";
import { openValueTrainer, type ValueTrainer } from "./value-trainer.ts";

/** What stays the same while the edits of one bundle are worked through. */
export interface GraceSession {
  readonly context: EditingContext;
  readonly settings: GraceSettings;
  readonly hook: CodebookHook;
  readonly trainer: ValueTrainer;
  readonly states: readonly ProbeState[];
  /** Deferral radius of a new entry before its neighbourhood narrows it. */
  readonly radius: number;
  readonly parent: PatchSet;
}

const codebookHook = (context: EditingContext, wanted: number | null): Result<CodebookHook> => {
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

const targetIds = (session: GraceSession, edit: Edit): Result<readonly number[]> => {
  const { engine, model } = session.context;
  const ids = [...engine.tokenizer.encodeContinuation(targetText(edit)), model.specialTokens.end];
  if (ids.length <= CODEBOOK_MAX_TARGET_TOKENS) return ok(ids);
  return fail(
    problem(
      "target_too_long",
      `The target "${edit.target}" has ${ids.length} tokens with the end of the answer; at most ${CODEBOOK_MAX_TARGET_TOKENS} fit an entry. Shorten it.`,
      { param: "target" },
    ),
  );
};

/** What one edit puts into the codebook. */
export interface WrittenEdit {
  readonly entries: readonly ChainedEntry[];
  readonly diagnostics: Omit<EditDiagnostics, "id">;
}

/** The key of every prompt of the edit, [d] each. */
const keysOf = async (session: GraceSession, edit: Edit): Promise<Result<readonly Float32Array[]>> => {
  const { layer } = session.hook;
  const keys: Float32Array[] = [];
  for (const prompt of editPrompts(edit)) {
    const queried = await session.context.engine.query(prompt, [layer]);
    if (!queried.ok) return queried;
    keys.push(queried.value.get(layer)!);
  }
  return ok(keys);
};

/** The states that the edit's balls must stay clear of: probes, and its own prompts about other subjects. */
const foreignStates = async (
  session: GraceSession,
  edit: Edit,
  key: Float32Array,
): Promise<Result<readonly Float32Array[]>> => {
  const { context, states, hook, parent } = session;
  const negatives = await negativesOf(edit, key, states, context.engine, parent);
  const siblings = await siblingStates(edit, key, hook.layer, states, context.engine);
  return siblings.ok ? ok([...negatives.map(({ state }) => state), ...siblings.value]) : siblings;
};

/** Trains the chain of one edit and measures its keys, each with the radius its neighbourhood allows. */
export const computeEntries = async (
  session: GraceSession,
  edit: Edit,
  index: number,
): Promise<Result<WrittenEdit>> => {
  const targets = targetIds(session, edit);
  if (!targets.ok) return targets;
  const prompts = editPrompts(edit).map((prompt) => session.context.engine.tokenizer.encode(prompt));
  const trained = await session.trainer.train(prompts, targets.value);
  if (!trained.ok) return trained;
  const keys = await keysOf(session, edit);
  if (!keys.ok) return keys;
  const foreign = await foreignStates(session, edit, keys.value[0]!);
  if (!foreign.ok) return foreign;
  const chain = { values: trained.value.values, targets: targets.value };
  const entries = keys.value.map((key) => {
    const room = Math.max(session.settings.guard * nearestDistance(key, foreign.value), SMALLEST_RADIUS);
    return { edit: index, key, targets: targets.value, radius: Math.min(session.radius, room), chain };
  });
  const radii = entries.map(({ radius }) => radius);
  const figures = {
    keys: entries.length,
    smallestRadius: Math.min(...radii),
    largestRadius: Math.max(...radii),
  };
  return ok({ entries, diagnostics: { steps: trained.value.steps, loss: trained.value.loss, figures } });
};
