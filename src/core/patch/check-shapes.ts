import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import type { ElementType } from "../tensor/safetensors.ts";

/** A dimension that must be a given number, or one that a name binds: equal names must be equal numbers. */
type Dimension = number | string;

/** What a tensor is, without its data. */
export interface TensorForm<Size = number> {
  readonly dtype: ElementType;
  readonly shape: readonly Size[];
}

/** The tensors of a patch, with the dimensions each must have. */
export type ShapeRule = Readonly<Record<string, TensorForm<Dimension>>>;

/** A tensor of float32 numbers. */
export const floats = (...shape: readonly Dimension[]): TensorForm<Dimension> => ({ dtype: "F32", shape });

/** A tensor of int32 numbers. */
export const integers = (...shape: readonly Dimension[]): TensorForm<Dimension> => ({ dtype: "I32", shape });

const write = ({ dtype, shape }: TensorForm<Dimension>): string => `${dtype} [${shape.join(", ")}]`;

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
 * Checks that `tensors` are exactly those of `rule`, with its element types and shapes, free dimensions at least 1.
 * Errors: `shape_mismatch`, with what was expected and what came.
 */
export const checkShapes = (
  patch: string,
  tensors: ReadonlyMap<string, TensorForm>,
  rule: ShapeRule,
): Result<true> => {
  const bound = new Map<string, number>();
  for (const [name, { dtype, shape }] of Object.entries(rule)) {
    const tensor = tensors.get(name);
    const expected = write({ dtype, shape: shape.map((size) => bound.get(String(size)) ?? size) });
    if (tensor === undefined) return fail(mismatch(patch, name, expected, "no such tensor"));
    if (tensor.dtype !== dtype || !fits(tensor.shape, shape, bound))
      return fail(mismatch(patch, name, expected, write(tensor)));
  }
  const extra = [...tensors.keys()].find((name) => !Object.hasOwn(rule, name));
  if (extra !== undefined)
    return fail(mismatch(patch, extra, `only ${Object.keys(rule).join(", ")}`, "a tensor more"));
  return ok(true);
};
