import type { Edit } from "../../core/edit/edit.ts";
import type { LowRankHook } from "../../core/model/prepared-model.ts";
import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { blockPatchId } from "../../core/patch/patch-group.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { chooseEdits, unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities, targetText } from "../frame/edit-identity.ts";
import { letEventsIn } from "../frame/let-events-in.ts";
import { composePatches } from "../frame/parent.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditDiagnostics, EditingContext, EditMethod, SkippedEdit } from "../method.ts";
import { openNeuronAttribution } from "./neuron-attribution.ts";
import { type RowChange, type RowChangeParts, type RowChanges, rowChangesOf } from "./row-changes.ts";
import { parseKnSettings } from "./settings.ts";
import { readValueRows } from "./value-rows.ts";

interface Work {
  readonly context: EditingContext;
  readonly parts: RowChangeParts;
  readonly hooks: readonly LowRankHook[];
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

/** A patch that adds `changes`, all of the hook's block, to the value rows of their units. */
const patchOf = (
  hook: LowRankHook,
  changes: readonly RowChange[],
  place: Pick<LowRankPatch, "id" | "edits">,
): LowRankPatch => {
  const rank = changes.length;
  const picks = new Float32Array(hook.in * rank);
  const moved = new Float32Array(rank * hook.out);
  for (const [row, { unit, change }] of changes.entries()) {
    picks[unit * rank + row] = 1;
    moved.set(change, row * hook.out);
  }
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

/** Why no row can be changed. */
const reasonFor = ({ outOfReach }: RowChanges): string => {
  if (outOfReach.length === 0) return "no unit carries what the model says in enough of the phrasings";
  const blocks = [...new Set(outOfReach.map(({ block }) => block))].sort((a, b) => a - b).join(", ");
  return `its knowledge neurons are in blocks without a hook on their down-projection (${blocks})`;
};

const writeEdit = async (edit: Edit, id: string, work: Work): Promise<Result<null>> => {
  const { parts, hooks, patches, skipped } = work;
  const found = await rowChangesOf(edit, parts);
  if (!found.ok) return found;
  const { changes, outOfReach } = found.value;
  if (changes.length === 0) {
    skipped.push({ edit, reason: reasonFor(found.value) });
    return ok(null);
  }
  const index = work.edits.length;
  work.edits.push(edit);
  const byBlock = Map.groupBy(changes, ({ block }) => block);
  for (const [count, hook] of hooks.filter(({ layer }) => byBlock.has(layer)).entries()) {
    const name = count === 0 ? id : blockPatchId(id, hook.layer);
    patches.push(patchOf(hook, byBlock.get(hook.layer)!, { id: name, edits: [index] }));
  }
  const loss = await lossOf(edit, work);
  if (!loss.ok) return loss;
  const figures = { neurons: changes.length, outOfReach: outOfReach.length };
  work.diagnostics.push({ id, steps: parts.settings.steps, loss: loss.value, figures });
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
    parts: {
      engine: context.engine,
      attribution: attribution.value,
      rows: rows.value,
      settings: parsed.value,
      blocks: new Set(hooks.value.map(({ layer }) => layer)),
    },
    hooks: hooks.value,
    edits: [...kept.edits],
    patches: [...kept.patches],
    skipped: [...chosen.value.skipped],
    diagnostics: [],
  };
  const written = await writeEdits(wanted, work);
  if (!written.ok) return written;
  const { edits: carried, patches, skipped, diagnostics } = work;
  const hyperParameters = recordSettings(parsed.value);
  return ok({ edits: carried, patches, skipped, diagnostics, suspects: context.probes, hyperParameters });
};
