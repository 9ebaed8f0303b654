import { ProblemError } from "../../../core/problem.ts";
import { normalizeAxis } from "../../node-attributes.ts";
import { type BackwardStep, firstGradient, type GradientRule, noRule } from "../gradient-rule.ts";

/** One sliced axis: the places taken, in order. */
interface SlicedAxis {
  readonly axis: number;
  readonly places: readonly number[];
}

const integersOfInput = ({ node, emit }: BackwardStep, index: number): readonly number[] | undefined => {
  const input = node.inputs[index] ?? "";
  if (input === "") return undefined;
  const { integers } = emit.traced(input);
  if (integers === undefined) throw new ProblemError(noRule(node, `its input ${index} is too large`));
  return integers;
};

/** The axes that a Slice cuts; the trace tells how many places each keeps, and `start` and `step` which. */
const slicedAxes = (step: BackwardStep): readonly SlicedAxis[] => {
  const { node, emit } = step;
  const [from, to] = [emit.shape(node.inputs[0]!), emit.shape(node.outputs[0]!)];
  const starts = integersOfInput(step, 1) ?? [];
  const axes = integersOfInput(step, 3) ?? starts.map((_, at) => at);
  const strides = integersOfInput(step, 4) ?? starts.map(() => 1);
  return starts.map((start, at) => {
    const axis = normalizeAxis(axes[at]!, from.length);
    const size = from[axis]!;
    const stride = strides[at]!;
    const last = stride > 0 ? size : size - 1;
    const first = Math.min(Math.max(start < 0 ? start + size : start, 0), last);
    return { axis, places: Array.from({ length: to[axis]! }, (_, i) => first + i * stride) };
  });
};

const isDense = ({ places }: SlicedAxis): boolean =>
  places.every((place, i) => i === 0 || place === places[i - 1]! + 1);

/** Puts `gradient`, of shape `shape`, back along the axes cut with step 1, zeros around it. */
const padBack = (
  { emit, node }: BackwardStep,
  gradient: string,
  shape: readonly number[],
  cuts: readonly SlicedAxis[],
): string => {
  const whole = emit.shape(node.inputs[0]!);
  const before = shape.map((_, axis) => cuts.find((cut) => cut.axis === axis)?.places[0] ?? 0);
  const after = shape.map((size, axis) =>
    cuts.some((cut) => cut.axis === axis) ? whole[axis]! - size - before[axis]! : 0,
  );
  if ([...before, ...after].every((count) => count === 0)) return gradient;
  return emit.op("Pad", [gradient, emit.integers([...before, ...after])]);
};

/** Puts `gradient`, of shape `shape`, back along one axis cut with another step. */
const scatterBack = (
  { emit, node }: BackwardStep,
  gradient: string,
  shape: readonly number[],
  { axis, places }: SlicedAxis,
): { readonly gradient: string; readonly shape: readonly number[] } => {
  const restored = shape.with(axis, emit.shape(node.inputs[0]!)[axis]!);
  const lined = shape.map((_, at) => (at === axis ? places.length : 1));
  const indices = emit.expand(emit.reshape(emit.integers(places), [places.length], lined), lined, shape);
  const scattered = { axis, indices, updates: gradient };
  return { gradient: emit.accumulate([scattered], restored, emit.type(node.inputs[0]!)), shape: restored };
};

/** Slice: dx = g put back at the places it was taken from, zeros elsewhere. */
const slice: GradientRule = (step) => [
  () => {
    const cuts = slicedAxes(step);
    let current = { gradient: firstGradient(step), shape: step.emit.shape(step.node.outputs[0]!) };
    for (const cut of cuts)
      if (!isDense(cut)) current = scatterBack(step, current.gradient, current.shape, cut);
    return padBack(step, current.gradient, current.shape, cuts.filter(isDense));
  },
];

/** The rule of Slice. */
export const SLICE_RULES: Readonly<Record<string, GradientRule>> = { Slice: slice };
