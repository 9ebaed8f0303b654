import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { SMALLEST_RADIUS } from "../codebook/codebook-geometry.ts";
import { codebookHook } from "../codebook/codebook-hook.ts";
import type { ChainedEntry } from "../codebook/codebook-patches.ts";
import { promptKeys } from "../codebook/prompt-keys.ts";
import { withEndAdvice } from "../frame/end-advice.ts";
import { composePatches } from "../frame/parent.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditDiagnostics } from "../method.ts";
import { negativesOf } from "../probes/negatives.ts";
import { nearestDistance } from "../probes/probe-states.ts";
import { siblingStates } from "../probes/sibling-states.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { targetTokens } from "../prompts/target-tokens.ts";
import type { Task } from "../workbench.ts";
import type { GraceSession } from "./session.ts";
import type { GraceSettings } from "./settings.ts";
import { openValueTrainer } from "./value-trainer.ts";

/** What one edit puts into the codebook. */
export interface WrittenEdit {
  /** Without the index of the edit, which it gets once all of a bundle are known. */
  readonly entries: readonly Omit<ChainedEntry, "edit">[];
  readonly diagnostics: Omit<EditDiagnostics, "id">;
}

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
const computeEntries = async (session: GraceSession, edit: Edit): Promise<Result<WrittenEdit>> => {
  const targets = await targetTokens(edit, session.context.engine);
  if (!targets.ok) return targets;
  const prompts = editPrompts(edit).map((prompt) => session.context.engine.tokenizer.encode(prompt));
  const trained = await session.trainer.train(prompts, targets.value);
  if (!trained.ok) return trained;
  const keys = await promptKeys(edit, session.hook.layer, session.context.engine);
  if (!keys.ok) return keys;
  const foreign = await foreignStates(session, edit, keys.value[0]!);
  if (!foreign.ok) return foreign;
  const chain = { values: trained.value.values, targets: targets.value };
  const entries = keys.value.map((key) => {
    const room = Math.max(session.settings.guard * nearestDistance(key, foreign.value), SMALLEST_RADIUS);
    return { key, targets: targets.value, radius: Math.min(session.radius, room), chain };
  });
  const radii = entries.map(({ radius }) => radius);
  const figures = {
    keys: entries.length,
    smallestRadius: Math.min(...radii),
    largestRadius: Math.max(...radii),
  };
  return ok({ entries, diagnostics: { steps: trained.value.steps, loss: trained.value.loss, figures } });
};

/** What one edit puts into the codebook. Errors name the edit. */
export const writeEdit = async (session: GraceSession, edit: Edit): Promise<Result<WrittenEdit>> => {
  const computed = await computeEntries(session, edit);
  if (computed.ok) return computed;
  return fail(problemOfEdit(edit, await withEndAdvice(computed.problem, edit, session.context.engine)));
};

/** A session as it travels to a worker; patches and states instead of what is opened on them. */
interface SharedSession {
  readonly settings: GraceSettings;
  readonly layer: number;
  /** [probes, d], in the order of the model's probes. */
  readonly states: Float32Array;
  readonly radius: number;
  readonly patches: readonly Patch[];
}

/** What of a session a worker needs; `patches` are those of the parent. */
export const shareSession = (
  { settings, hook, states, radius }: GraceSession,
  patches: readonly Patch[],
): SharedSession => {
  const packed = new Float32Array(states.length * hook.width);
  for (const [index, { state }] of states.entries()) packed.set(state, index * hook.width);
  return { settings, layer: hook.layer, states: packed, radius, patches };
};

/** What edits put into the codebook, for workers. */
export const graceEntries: Task<SharedSession, Edit, WrittenEdit> = {
  name: "grace-entries",
  open: async ({ settings, layer, states, radius, patches }, context) => {
    const hook = codebookHook(context.model, layer);
    if (!hook.ok) return hook;
    const parent = composePatches(patches, context);
    if (!parent.ok) return parent;
    const { width } = hook.value;
    const session: GraceSession = {
      context,
      settings,
      hook: hook.value,
      trainer: openValueTrainer(context.model, context.graph, hook.value, settings),
      states: context.probes.map((probe, index) => ({
        probe,
        state: states.subarray(index * width, (index + 1) * width),
      })),
      radius,
      parent: parent.value,
    };
    return ok((edit) => writeEdit(session, edit));
  },
};
