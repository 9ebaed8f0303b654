import type { CodebookHook, Hook, LowRankHook, NeuronsHook, PreparedModel } from "../model/prepared-model.ts";
import type { Problem } from "../problem.ts";
import { problem } from "../problem.ts";
import type { Result } from "../result.ts";
import { fail, ok } from "../result.ts";
import type { ElementType } from "../tensor/safetensors.ts";
import type { LinearSite, PatchKind } from "./patch.ts";

/** Where a patch acts: enough to find its hook. */
export interface PatchPlace {
  readonly id: string;
  readonly kind: PatchKind;
  readonly layer: number;
  readonly site?: LinearSite;
}

const describe = ({ kind, layer, site }: PatchPlace): string =>
  `${kind} patches on ${site === undefined ? "" : `the ${site} projection of `}layer ${layer}`;

const matches = (hook: Hook, place: PatchPlace): boolean =>
  hook.kind === place.kind &&
  hook.layer === place.layer &&
  (hook.kind !== "low-rank" || hook.site === place.site);

/** The hook of `model` that a patch binds to. Errors: `wrong_base_model` where the model has none there. */
export const hookFor = (place: PatchPlace, model: PreparedModel): Result<Hook> => {
  const hook = model.hooks.find((candidate) => matches(candidate, place));
  if (hook !== undefined) return ok(hook);
  const layers = model.hooks.filter(({ kind }) => kind === place.kind).map(({ layer }) => layer);
  const offered = layers.length === 0 ? "none" : `some on layers ${[...new Set(layers)].join(", ")}`;
  return fail(
    problem(
      "wrong_base_model",
      `Patch "${place.id}" needs a hook for ${describe(place)}; model "${model.name}" has ${offered} of that kind. ` +
        "Edit the model that the service serves, on a layer it has a hook for.",
      { param: "patches", detail: { patch: place.id, kind: place.kind, layer: place.layer } },
    ),
  );
};

/** A dimension that must be a given number, or one that a name binds: equal names must be equal numbers. */
type Dimension = number | string;
/** The tensors of one kind, with the dimensions each must have. */
type ShapeRule = Readonly<Record<string, readonly Dimension[]>>;

const lowRankRule = (hook: LowRankHook): ShapeRule => ({ A: [hook.in, "r"], B: ["r", hook.out] });
const neuronsRule = ({ width }: NeuronsHook): ShapeRule => ({ K: [width, "n"], b: ["n"], V: ["n", width] });
const codebookRule = ({ width }: CodebookHook): ShapeRule => ({
  keys: ["m", width],
  radii: ["m"],
  chains: ["m"],
  targets: ["c", "t"],
  values: ["c", "t", width],
});

const ruleFor = (hook: Hook): ShapeRule => {
  if (hook.kind === "low-rank") return lowRankRule(hook);
  return hook.kind === "neurons" ? neuronsRule(hook) : codebookRule(hook);
};

/** What a tensor is, without its data. */
export interface TensorForm {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** The integer tensors of all kinds: a codebook's chain of each key, and its target tokens. */
const isInteger = (name: string): boolean => name === "targets" || name === "chains";

const write = (shape: readonly Dimension[]): string => `[${shape.join(", ")}]`;

const mismatch = (patch: string, tensor: string, expected: string, got: string): Problem =>
  problem(
    "shape_mismatch",
    `Patch "${patch}", tensor "${tensor}": expected ${expected}, got ${got}. Build the patch for this model.`,
    { param: tensor, detail: { patch, tensor, expected, got } },
  );

/** Binds the free dimensions of `rule` as `shape` has them; false where the shape does not fit. */
const fits = (shape: readonly number[], rule: readonly Dimension[], bound: Map<string, number>): boolean =>
  shape.length === rule.length &&
  rule.every((dimension, axis) => {
    const size = shape[axis]!;
    if (typeof dimension === "number") return size === dimension;
    if (!bound.has(dimension)) bound.set(dimension, size);
    return size > 0 && bound.get(dimension) === size;
  });

/**
 * Checks that `tensors` are exactly those of the hook's kind, with its dtypes and shapes, r, n, m, c and t at least 1.
 * Errors: `shape_mismatch`, with what was expected and what came.
 */
export const checkPatchShapes = (
  patch: string,
  tensors: ReadonlyMap<string, TensorForm>,
  hook: Hook,
): Result<true> => {
  const rule = ruleFor(hook);
  const bound = new Map<string, number>();
  for (const [name, dimensions] of Object.entries(rule)) {
    const tensor = tensors.get(name);
    const dtype = isInteger(name) ? "I32" : "F32";
    const named = dimensions.map((dimension) => bound.get(String(dimension)) ?? dimension);
    const expected = `${dtype} ${write(named)}`;
    if (tensor === undefined) return fail(mismatch(patch, name, expected, "no such tensor"));
    const got = `${tensor.dtype} ${write(tensor.shape)}`;
    if (tensor.dtype !== dtype || !fits(tensor.shape, dimensions, bound))
      return fail(mismatch(patch, name, expected, got));
  }
  const extra = [...tensors.keys()].find((name) => !Object.hasOwn(rule, name));
  if (extra !== undefined)
    return fail(mismatch(patch, extra, `only ${Object.keys(rule).join(", ")}`, "a tensor more"));
  return ok(true);
};
