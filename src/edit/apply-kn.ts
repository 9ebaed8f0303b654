import type { Edit } from "../core/edit/edit.ts";
import type { LowRankHook } from "../core/model/prepared-model.ts";
import type { LowRankPatch, Patch } from "../core/patch/patch.ts";
import { blockPatchId } from "../core/patch/patch-group.ts";
import { EMPTY_PATCH_SET } from "../core/patch/patch-set.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { chooseEdits, unchangedOutcome } from "./choose-edits.ts";
import { editIdentities, targetText } from "./edit-identity.ts";
import { greedyAnswer } from "./greedy-answer.ts";
import { type KnSettings, parseKnSettings } from "./kn-settings.ts";
import { findKnowledgeNeurons, type KnowledgeNeuron } from "./knowledge-neurons.ts";
import { letEventsIn } from "./let-events-in.ts";
import type { EditDiagnostics, EditingContext, EditMethod, SkippedEdit } from "./method.ts";
import { editPrompts } from "./negatives.ts";
import { type NeuronAttribution, openNeuronAttribution } from "./neuron-attribution.ts";
import { composePatches } from "./parent.ts";
import { recordSettings } from "./parse-settings.ts";
import { problemOfEdit } from "./problem-of-edit.ts";
import { readValueRows, type ValueRows } from "./value-rows.ts";

interface Work {
  readonly context: EditingContext;
  readonly settings: KnSettings;
  readonly hooks: readonly LowRankHook[];
  readonly attribution: NeuronAttribution;
  readonly rows: ValueRows;
  readonly edits: Edit[];
  readonly patches: Patch[];
  readonly skipped: SkippedEdit[];
  readonly diagnostics: EditDiagnostics[];
}

/** The hooks on down-projections, where value rows are. */
const downHooks = ({ model }: EditingContext): Result<readonly LowRankHook[]> => {
  const hooks = model.hooks.filter((hook) => hook.kind === "low-rank" && hook.site === "down");
  if (hooks.length > 0) return ok(hooks as LowRankHook[]);
  const message = `${model.name} has no low-rank hook on a down-projection; prepare it with --low-rank 0:down, say.`;
  return fail(problem("shape_mismatch", message));
};

/** Tokens of an old answer that count: what follows them is implied by them, and each costs an integral. */
export const OLD_ANSWER_TOKENS = 8;

/** What the model says now, at least that the answer ends. */
const oldAnswer = async ({ engine, model }: EditingContext, edit: Edit): Promise<readonly number[]> => {
  const text = await greedyAnswer(engine, edit.prompt, EMPTY_PATCH_SET);
  const tokens = engine.tokenizer.encodeContinuation(text);
  return tokens.length > 0 ? tokens.slice(0, OLD_ANSWER_TOKENS) : [model.specialTokens.end];
};

/** What a neuron's value row changes by, [d]. */
const rowChange = (
  { block, unit }: KnowledgeNeuron,
  old: readonly number[],
  target: readonly number[],
  { rows, settings }: Work,
): Float32Array => {
  if (settings.operation === "erase") return rows.row(block, unit).map((value) => -value);
  const change = new Float32Array(rows.embedding(0).length);
  const add = (tokens: readonly number[], factor: number) => {
    for (const token of tokens)
      for (const [i, value] of rows.embedding(token).entries()) change[i]! += factor * value;
  };
  add(old, -settings.old);
  add(target, settings.new);
  return change;
};

/** A patch that adds `changes` to the value rows of `neurons`, all of one block. */
const patchOf = (
  hook: LowRankHook,
  neurons: readonly KnowledgeNeuron[],
  changes: readonly Float32Array[],
  place: Pick<LowRankPatch, "id" | "edits">,
): LowRankPatch => {
  const rank = neurons.length;
  const picks = new Float32Array(hook.in * rank);
  for (const [column, { unit }] of neurons.entries()) picks[unit * rank + column] = 1;
  const moved = new Float32Array(rank * hook.out);
  for (const [row, change] of changes.entries()) moved.set(change, row * hook.out);
  const tensors = { A: { shape: [hook.in, rank], data: picks }, B: { shape: [rank, hook.out], data: moved } };
  return { kind: "low-rank", ...place, layer: hook.layer, site: "down", tensors };
};

/** Mean negative log-likelihood of the target under all patches so far, in nats. */
const lossOf = async (edit: Edit, { context, patches }: Work): Promise<Result<number>> => {
  const set = composePatches(patches, context);
  if (!set.ok) return set;
  const score = await context.engine.score(edit.prompt, targetText(edit), set.value);
  if (!score.ok) return score;
  const { tokens } = score.value;
  return ok(-tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length);
};

const writeEdit = async (edit: Edit, id: string, work: Work): Promise<Result<null>> => {
  const { context, settings, hooks, patches, skipped } = work;
  const { engine } = context;
  const old = await oldAnswer(context, edit);
  const target = engine.tokenizer.encodeContinuation(targetText(edit));
  const prompts = editPrompts(edit).map((prompt) => engine.tokenizer.encode(prompt));
  const found = await findKnowledgeNeurons(work.attribution, prompts, old, settings);
  if (!found.ok) return found;
  const byBlock = Map.groupBy(found.value, ({ block }) => block);
  const reached = hooks.filter(({ layer }) => byBlock.has(layer));
  if (reached.length === 0) {
    const blocks = [...byBlock.keys()].sort((a, b) => a - b).join(", ") || "none";
    const reason = `its knowledge neurons are in blocks without a hook on their down-projection (${blocks})`;
    skipped.push({ edit, reason });
    return ok(null);
  }
  const index = work.edits.length;
  work.edits.push(edit);
  for (const [count, hook] of reached.entries()) {
    const neurons = byBlock.get(hook.layer)!;
    const changes = neurons.map((neuron) => rowChange(neuron, old, target, work));
    const name = count === 0 ? id : blockPatchId(id, hook.layer);
    patches.push(patchOf(hook, neurons, changes, { id: name, edits: [index] }));
  }
  const loss = await lossOf(edit, work);
  if (!loss.ok) return loss;
  const used = reached.reduce((sum, { layer }) => sum + byBlock.get(layer)!.length, 0);
  const figures = { neurons: used, outOfReach: found.value.length - used };
  work.diagnostics.push({ id, steps: settings.steps, loss: loss.value, figures });
  return ok(null);
};

const writeEdits = async (edits: readonly Edit[], work: Work): Promise<Result<null>> => {
  const { context } = work;
  const names = editIdentities(edits, new Set(work.patches.map(({ id }) => id)));
  for (const [done, edit] of edits.entries()) {
    const running = await letEventsIn(context.signal);
    if (!running.ok) return running;
    const written = await writeEdit(edit, names[done]!, work);
    if (!written.ok) return fail(problemOfEdit(edit, written.problem));
    context.onProgress({ stage: "editing", done: done + 1, total: edits.length });
  }
  return ok(null);
};

/** KN's work, as `kn` in `kn.ts` describes it: `apply` of the method. */
export const applyKn: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseKnSettings(settings);
  if (!parsed.ok) return parsed;
  const hooks = downHooks(context);
  if (!hooks.ok) return hooks;
  const rows = readValueRows(context.graph);
  if (!rows.ok) return rows;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  const { wanted, kept } = chosen.value;
  if (wanted.length === 0) return ok(unchangedOutcome(chosen.value, parsed.value));
  const attribution = await openNeuronAttribution(context.model, context.graph, parsed.value.steps);
  if (!attribution.ok) return attribution;
  const work: Work = {
    context: { ...context, parent: kept },
    settings: parsed.value,
    hooks: hooks.value,
    attribution: attribution.value,
    rows: rows.value,
    edits: [...kept.edits],
    patches: [...kept.patches],
    skipped: [...chosen.value.skipped],
    diagnostics: [],
  };
  try {
    const written = await writeEdits(wanted, work);
    if (!written.ok) return written;
  } finally {
    await attribution.value.release();
  }
  const { edits: carried, patches, skipped, diagnostics } = work;
  const hyperParameters = recordSettings(parsed.value);
  return ok({ edits: carried, patches, skipped, diagnostics, suspects: context.probes, hyperParameters });
};
