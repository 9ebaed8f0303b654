import type { Edit } from "../../core/edit/edit.ts";
import { findHook, hooksAt } from "../../core/model/find-hook.ts";
import type { LowRankHook } from "../../core/model/prepared-model.ts";
import type { LowRankPatch } from "../../core/patch/kinds/low-rank.ts";
import { blockPatchId } from "../../core/patch/patch-group.ts";
import { ok, type Result } from "../../core/result.ts";
import { openLocateSession } from "../down-projection/locate-session.ts";
import { patchFactors } from "../down-projection/low-rank-patches.ts";
import { movedProbes } from "../down-projection/moved-probes.ts";
import { applyEditByEdit, type EditPlace, type MadeEdit, type NotMade } from "../frame/edit-by-edit.ts";
import type { EditingContext } from "../method.ts";
import { readValueRows, type ValueRows } from "../neurons/value-rows.ts";
import { openNeuronAttribution } from "./neuron-attribution.ts";
import { type RowChange, type RowChangeParts, type RowChanges, rowChangesOf } from "./row-changes.ts";
import { parseKnSettings } from "./settings.ts";

/** Where KN edits a model. */
interface KnSite {
  /** The hooks on down-projections, where value rows are. */
  readonly hooks: readonly LowRankHook[];
  readonly rows: ValueRows;
}

/** What an edit is made with. */
type KnParts = RowChangeParts & Pick<KnSite, "hooks">;

/** An edit with its patches, one a block. */
interface KnEdit extends MadeEdit {
  readonly patches: readonly LowRankPatch[];
}

/** Where value rows are. */
const DOWN_PROJECTION = { kind: "low-rank", site: "down" } as const;

const locateKn = ({ model, graph }: EditingContext): Result<KnSite> => {
  const advice = "Prepare the model with --low-rank 0:down, say.";
  const some = findHook(model, DOWN_PROJECTION, { who: "The method", advice, param: "model" });
  if (!some.ok) return some;
  const hooks = hooksAt(model, DOWN_PROJECTION);
  const rows = readValueRows(graph);
  return rows.ok ? ok({ hooks, rows: rows.value }) : rows;
};

/** A patch that adds `changes`, all of the hook's block, to the value rows of their units. */
const patchOf = (hook: LowRankHook, changes: readonly RowChange[], place: EditPlace): LowRankPatch => {
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

/** One patch a block, the first by the edit's own name. */
const patchesOf = (
  changes: readonly RowChange[],
  hooks: readonly LowRankHook[],
  { id, edits }: EditPlace,
): readonly LowRankPatch[] => {
  const byBlock = Map.groupBy(changes, ({ block }) => block);
  return hooks
    .filter(({ layer }) => byBlock.has(layer))
    .map((hook, index) => {
      const name = index === 0 ? id : blockPatchId(id, hook.layer);
      return patchOf(hook, byBlock.get(hook.layer)!, { id: name, edits });
    });
};

/** Why no row can be changed. */
const reasonFor = ({ outOfReach }: RowChanges): string => {
  if (outOfReach.length === 0) return "no unit carries what the model says in enough of the phrasings";
  const blocks = [...new Set(outOfReach.map(({ block }) => block))].sort((a, b) => a - b).join(", ");
  return `its knowledge neurons are in blocks without a hook on their down-projection (${blocks})`;
};

const makeEdit = async (edit: Edit, place: EditPlace, parts: KnParts): Promise<Result<KnEdit | NotMade>> => {
  const found = await rowChangesOf(edit, parts);
  if (!found.ok) return found;
  const { changes, outOfReach } = found.value;
  if (changes.length === 0) return ok({ reason: reasonFor(found.value) });
  const figures = { neurons: changes.length, outOfReach: outOfReach.length };
  return ok({ patches: patchesOf(changes, parts.hooks, place), figures });
};

/** KN's work, as `kn` in `kn.ts` describes it: `apply` of the method. */
export const applyKn = applyEditByEdit(
  { parse: parseKnSettings, locate: locateKn },
  async ({ settings, site: { hooks, rows }, context }) => {
    const { model, graph, engine } = context;
    const attribution = await openNeuronAttribution(model, graph, settings.steps);
    if (!attribution.ok) return attribution;
    const blocks = new Set(hooks.map(({ layer }) => layer));
    const parts = { engine, attribution: attribution.value, rows, settings, blocks, hooks };
    return ok({
      make: (edit, place) => makeEdit(edit, place, parts),
      suspects: async (made: readonly KnEdit[]) => {
        const locate = openLocateSession(context);
        if (!locate.ok) return locate;
        const { sites } = locate.value.forward;
        const updates = made.flatMap(({ patches }) =>
          patches.map((patch) => ({
            site: sites.find(({ layer }) => layer === patch.layer)!,
            factors: patchFactors(patch),
          })),
        );
        return movedProbes(updates, locate.value, context);
      },
      resolved: {},
    });
  },
);
