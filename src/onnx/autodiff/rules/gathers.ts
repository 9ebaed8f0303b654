import { elementCount } from "../../../core/tensor/tensor.ts";
import { intAttribute, normalizeAxis } from "../../node-attributes.ts";
import { firstGradient, type GradientRule } from "../gradient-rule.ts";

/**
 * Gather: y = x at `indices` along an axis: dx = g scattered back to those places, where repeated places add up, as
 * they do for a token that occurs twice.
 */
const gather: GradientRule = (step) => {
  const { node, emit } = step;
  const [x, indices] = node.inputs as [string, string];
  const shape = emit.shape(x);
  const axis = normalizeAxis(intAttribute(node, "axis", 0), shape.length);
  const places = elementCount(emit.shape(indices));
  const updated = shape.map((size, at) => (at === axis ? places : size));
  const alongAxis = shape.map((_, at) => (at === axis ? places : 1));
  return [
    () => {
      const updates = emit.reshape(firstGradient(step), emit.shape(node.outputs[0]!), updated);
      const lined = emit.reshape(indices, emit.shape(indices), alongAxis);
      return { axis, indices: emit.expand(lined, alongAxis, updated), updates };
    },
  ];
};

/** GatherElements: y = x at `indices`, of the shape of y, along an axis: dx = g scattered back to those places. */
const gatherElements: GradientRule = (step) => {
  const { node, emit } = step;
  const [x, indices] = node.inputs as [string, string];
  const axis = normalizeAxis(intAttribute(node, "axis", 0), emit.shape(x).length);
  return [() => ({ axis, indices, updates: firstGradient(step) })];
};

/** Rules of the operators that pick elements by index tensors. */
export const GATHER_RULES: Readonly<Record<string, GradientRule>> = {
  Gather: gather,
  GatherElements: gatherElements,
};
