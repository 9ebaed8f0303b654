import { intAttribute, intsAttribute, normalizeAxis } from "../../node-attributes.ts";
import { firstGradient, type GradientRule, outputGradient } from "../gradient-rule.ts";

/** y = x in another shape (Reshape, Squeeze, Unsqueeze, Flatten, Identity): dx = g in the shape of x. */
const reshape: GradientRule = (step) => {
  const { node, emit } = step;
  const [x] = node.inputs as [string];
  return [() => emit.reshape(firstGradient(step), emit.shape(node.outputs[0]!), emit.shape(x))];
};

/** Transpose: dx = g with the axes put back. */
const transpose: GradientRule = (step) => {
  const { node, emit } = step;
  const rank = emit.shape(node.inputs[0]!).length;
  const permutation = intsAttribute(node, "perm") ?? Array.from({ length: rank }, (_, at) => rank - 1 - at);
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return [() => emit.transpose(firstGradient(step), inverse)];
};

/** Expand: dx = g summed over the axes that were broadcast. */
const expand: GradientRule = (step) => {
  const { node, emit } = step;
  return [() => emit.sumTo(firstGradient(step), emit.shape(node.outputs[0]!), emit.shape(node.inputs[0]!))];
};

/** Cast (or CastLike, whose second input lends only its type) between float types: dx = g in the type of x. */
const cast: GradientRule = (step) => {
  const { node, emit } = step;
  const [x] = node.inputs as [string];
  return [() => emit.op("CastLike", [firstGradient(step), x]), () => []];
};

/** Concat: each input receives its own stretch of g. */
const concat: GradientRule = (step) => {
  const { node, emit } = step;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), emit.shape(node.outputs[0]!).length);
  const sizes = node.inputs.map((input) => emit.shape(input)[axis]!);
  return node.inputs.map((_, index) => () => {
    const start = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
    const bounds = [start, start + sizes[index]!, axis].map((value) => emit.integers([value]));
    return emit.op("Slice", [firstGradient(step), ...bounds]);
  });
};

/** Split: dx = the gradients of the parts, joined. */
const split: GradientRule = (step) => {
  const { node, emit } = step;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), emit.shape(node.inputs[0]!).length);
  return [
    () => {
      const parts = node.outputs.map((_, index) => outputGradient(step, index));
      return emit.op("Concat", parts, { axis });
    },
  ];
};

/** Trilu keeps a triangle of x: dx keeps the same triangle of g. */
const triangle: GradientRule = (step) => {
  const { node, emit } = step;
  const upper = intAttribute(node, "upper", 1);
  return [() => emit.op("Trilu", [firstGradient(step), ...node.inputs.slice(1)], { upper })];
};

/** Rules of the operators that move elements without changing them. */
export const LAYOUT_RULES: Readonly<Record<string, GradientRule>> = {
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Flatten: reshape,
  Identity: reshape,
  Transpose: transpose,
  Expand: expand,
  Cast: cast,
  CastLike: cast,
  Concat: concat,
  Split: split,
  Trilu: triangle,
};
