import { intAttribute, intsAttribute, normalizeAxis } from "../../node-attributes.ts";
import { type BackwardStep, firstGradient, type GradientRule } from "../gradient-rule.ts";

/** The axes that a reduction sums away: by attribute before opset 18, by input since; none given means all. */
const reducedAxes = ({ node, emit }: BackwardStep): readonly number[] => {
  const [x, axesInput = ""] = node.inputs as [string, string?];
  const rank = emit.shape(x).length;
  const given =
    intsAttribute(node, "axes") ?? (axesInput === "" ? undefined : emit.traced(axesInput).integers);
  if (given !== undefined && given.length > 0) return given.map((axis) => normalizeAxis(axis, rank));
  return intAttribute(node, "noop_with_empty_axes", 0) ? [] : Array.from({ length: rank }, (_, axis) => axis);
};

/** A tensor of the node's output shape with the reduced axes put back as axes of size 1. */
const withAxes = (step: BackwardStep, tensor: string): string => {
  const { node, emit } = step;
  const axes = reducedAxes(step);
  const kept = emit.shape(node.inputs[0]!).map((size, axis) => (axes.includes(axis) ? 1 : size));
  return emit.reshape(tensor, emit.shape(node.outputs[0]!), kept);
};

/** How many elements went into each sum. */
const reducedCount = (step: BackwardStep): number =>
  step.emit.count(step.node.inputs[0]!) / step.emit.count(step.node.outputs[0]!);

const spread = (step: BackwardStep, factor: number): string => {
  const { node, emit } = step;
  const [x] = node.inputs as [string];
  const scaled = emit.scale(firstGradient(step), factor, emit.type(x));
  return emit.op("Expand", [withAxes(step, scaled), emit.integers(emit.shape(x))]);
};

/** y = Σ x: dx = g, broadcast. */
const sum: GradientRule = (step) => [() => spread(step, 1)];

/** y = mean of n elements of x: dx = g / n, broadcast. */
const mean: GradientRule = (step) => [() => spread(step, 1 / reducedCount(step))];

/** y = the largest (or smallest) x: dx = g shared equally by the elements that attain it. */
const extreme: GradientRule = (step) => {
  const { node, emit } = step;
  const [x] = node.inputs as [string];
  const attained = () => {
    const y = withAxes(step, node.outputs[0]!);
    const mask = emit.op("CastLike", [emit.op("Equal", [x, y]), x]);
    const share = emit.op("Div", [withAxes(step, firstGradient(step)), emit.sum(mask, reducedAxes(step))]);
    return emit.multiply(mask, share);
  };
  return [attained];
};

/** y = ln Σ exp x: dx = g · exp(x − y), a softmax where one axis is reduced. */
const logSumExp: GradientRule = (step) => {
  const { node, emit } = step;
  const [x] = node.inputs as [string];
  const softmax = () => {
    const [axis, ...others] = reducedAxes(step);
    return axis !== undefined && others.length === 0
      ? emit.op("Softmax", [x], { axis })
      : emit.op("Exp", [emit.subtract(x, withAxes(step, node.outputs[0]!))]);
  };
  return [() => emit.multiply(softmax(), withAxes(step, firstGradient(step)))];
};

/** Rules of the reductions over axes. */
export const REDUCTION_RULES: Readonly<Record<string, GradientRule>> = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceLogSumExp: logSumExp,
};
