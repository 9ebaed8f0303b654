import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { Hook, HookOf, LinearSite, PreparedModel } from "./prepared-model.ts";

/** A place in a model where a hook of one kind is looked for; any layer or linear site where none is named. */
export interface HookPlace<Kind extends Hook["kind"] = Hook["kind"]> {
  readonly kind: Kind;
  readonly layer?: number;
  readonly site?: LinearSite;
}

/** Who needs a hook, and what to do where the model has none. */
export interface HookNeed {
  /** The subject of the refusal: `Patch "norway"`. */
  readonly who: string;
  readonly advice: string;
  readonly param: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What of a model, or of its graph, is looked at. */
interface Hooked {
  readonly hooks: readonly Hook[];
}

/** The hooks of a model at `place`, in the model's order. */
export const hooksAt = <Kind extends Hook["kind"]>(
  { hooks }: Hooked,
  { kind, layer, site }: HookPlace<Kind>,
): readonly HookOf<Kind>[] =>
  hooks.filter(
    (hook): hook is HookOf<Kind> =>
      hook.kind === kind &&
      (layer === undefined || hook.layer === layer) &&
      (site === undefined || ("site" in hook && hook.site === site)),
  );

const describe = ({ kind, layer, site }: HookPlace): string =>
  `${kind} patches on ${site === undefined ? "" : `the ${site} projection of `}${layer === undefined ? "a layer" : `layer ${layer}`}`;

const missingHook = (
  model: Hooked & Pick<PreparedModel, "name">,
  place: HookPlace,
  { who, advice, ...extra }: HookNeed,
): Problem => {
  const { layer: _, ...anywhere } = place;
  const layers = [...new Set(hooksAt(model, anywhere).map(({ layer }) => layer))];
  const offered = layers.length === 0 ? "no block with one" : `some on layers ${layers.join(", ")}`;
  const message = `${who} needs a hook for ${describe(place)}; model "${model.name}" has ${offered}. ${advice}`;
  return problem("wrong_base_model", message, extra);
};

/**
 * The first hook of `model` at `place`: the one place that finds out that a patch does not fit a model's hooks.
 * Errors: `wrong_base_model` where there is none, with where there are some.
 */
export const findHook = <Kind extends Hook["kind"]>(
  model: Hooked & Pick<PreparedModel, "name">,
  place: HookPlace<Kind>,
  need: HookNeed,
): Result<HookOf<Kind>> => {
  const [hook] = hooksAt(model, place);
  return hook === undefined ? fail(missingHook(model, place, need)) : ok(hook);
};
