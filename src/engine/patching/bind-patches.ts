import type { Hook, PreparedModel } from "../../core/model/prepared-model.ts";
import { ALL_KINDS, type BindingOf, type PatchKindName } from "../../core/patch/patch.ts";
import { bindingsOf, type PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Tensors } from "../backends/backend.ts";
import type { BoundSite, EngineKind, TensorMaker } from "./kinds/engine-kind.ts";
import { ENGINE_KINDS } from "./kinds/engine-kinds.ts";

/** A patch set as the graph's inputs. Shared by all requests on the set; nothing writes to it. */
export interface BoundPatches {
  /** Every patch input: what is bound to the graph, dummies elsewhere. */
  readonly feeds: Tensors;
  /** Whether a patch acts at every position, so that no run can do without the patch inputs. */
  readonly everywhere: boolean;
  /** In the order in which the model comes by: what one changes, the next one compares. */
  readonly sites: readonly BoundSite[];
}

/** The kind of this name, for hooks and bindings of it. */
const engineKind = (name: PatchKindName): EngineKind<Hook, BindingOf<PatchKindName>> => ENGINE_KINDS[name];

const dummiesOf = (hook: Hook, backend: TensorMaker): Tensors => engineKind(hook.kind).dummies(hook, backend);

/** One dummy row for every hook of the model: what the graph is fed where no patch acts. Made once a session. */
export const createDummies = (model: PreparedModel, backend: TensorMaker): Tensors =>
  Object.assign({}, ...model.hooks.map((hook) => dummiesOf(hook, backend)));

/**
 * Binds a patch set to the model's hooks over the set's own arrays, without a copy. Errors: `wrong_base_model` where
 * the model has no hook for a patch, `shape_mismatch` where it has one of other dimensions.
 */
export const bindPatches = (
  model: PreparedModel,
  backend: TensorMaker,
  dummies: Tensors,
  patches: PatchSet,
): Result<BoundPatches> => {
  const feeds = { ...dummies };
  const sites: BoundSite[] = [];
  let everywhere = false;
  // The kinds come in the order in which a block comes by them, and sorting keeps it within a layer.
  for (const kind of ALL_KINDS)
    for (const binding of bindingsOf(patches, kind)) {
      const bound = engineKind(kind.name).bind(binding, model, backend);
      if (!bound.ok) return bound;
      Object.assign(feeds, bound.value.feeds);
      if (bound.value.site !== undefined) sites.push(bound.value.site);
      everywhere ||= kind.everywhere;
    }
  return ok({ feeds, everywhere, sites: sites.toSorted((left, right) => left.layer - right.layer) });
};
