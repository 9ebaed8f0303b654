import { elementCount } from "../../../core/tensor/tensor.ts";
import { floatAttribute, intAttribute, normalizeAxis } from "../../node-attributes.ts";
import { type BackwardStep, firstGradient, type GradientRule, once } from "../gradient-rule.ts";

/** ε of LayerNormalization where the node does not say. */
const LAYER_NORMALIZATION_EPSILON = 1e-5;

/** The one axis of a softmax; since opset 13 the last by default. */
const softmaxAxis = ({ node, emit }: BackwardStep): number =>
  normalizeAxis(intAttribute(node, "axis", -1), emit.shape(node.inputs[0]!).length);

/** y = softmax x: dx = y · (g − Σ g · y), summed over the softmax's axis. */
const softmax: GradientRule = (step) => {
  const { node, emit } = step;
  const [y] = node.outputs as [string];
  return [
    () => {
      const weighted = emit.multiply(firstGradient(step), y);
      return emit.subtract(weighted, emit.multiply(y, emit.sum(weighted, [softmaxAxis(step)])));
    },
  ];
};

/**
 * y = ln softmax x: dx = g − exp(y) · Σ g, summed over the softmax's axis. Where g is nothing but updates scattered
 * along that axis, as after picking target tokens, it stays scattered: a dense g would be as large as the logits.
 */
const logSoftmax: GradientRule = (step) => {
  const { node, emit, received } = step;
  const [y] = node.outputs as [string];
  const axis = softmaxAxis(step);
  const scattered = received[0]!.filter((part) => typeof part !== "string" && part.axis === axis);
  const parts = scattered.length === received[0]!.length ? scattered : [firstGradient(step)];
  return [
    () => {
      const totals = parts.map((part) => emit.sum(typeof part === "string" ? part : part.updates, [axis]));
      const total = totals.reduce((a, b) => emit.add(a, b));
      return [emit.multiply(emit.op("Exp", [y]), emit.negate(total)), ...parts];
    },
  ];
};

/** What x is normalised by: tensors of its shape with 1 for the normalised axes. */
interface Statistics {
  readonly mean: string;
  /** 1 / √(variance + ε). */
  readonly inverse: string;
}

/** Mean and inverse standard deviation that a float32 LayerNormalization saves, declared where they were not. */
const savedStatistics = ({ node, emit }: BackwardStep): Statistics => {
  const [y, mean = "", inverse = ""] = node.outputs as [string, string?, string?];
  const statistics = { mean: mean || emit.fresh(), inverse: inverse || emit.fresh() };
  node.outputs = [y, statistics.mean, statistics.inverse];
  return statistics;
};

/** The statistics computed again in the type of x: the operator saves them in float32 whatever that type is. */
const recomputedStatistics = (
  { node, emit }: BackwardStep,
  average: (tensor: string) => string,
): Statistics => {
  const [x] = node.inputs as [string];
  const mean = average(x);
  const centred = emit.subtract(x, mean);
  const epsilon = emit.scalar(floatAttribute(node, "epsilon", LAYER_NORMALIZATION_EPSILON), emit.type(x));
  const variance = average(emit.multiply(centred, centred));
  return { mean, inverse: emit.op("Reciprocal", [emit.op("Sqrt", [emit.add(variance, epsilon)])]) };
};

/**
 * LayerNormalization over the last axes, y = x̂ · γ + β with x̂ = (x − mean) · r and r = 1/√(variance + ε):
 * dβ = Σ g, dγ = Σ g · x̂, and with h = g · γ, dx = r · (h − mean h − x̂ · mean(h · x̂)).
 */
const layerNormalization: GradientRule = (step) => {
  const { node, emit } = step;
  const [x, gamma, beta = ""] = node.inputs as [string, string, string?];
  const shape = emit.shape(x);
  const first = normalizeAxis(intAttribute(node, "axis", -1), shape.length);
  const axes = shape.map((_, axis) => axis).slice(first);
  const share = 1 / elementCount(shape.slice(first));
  const average = (tensor: string) => emit.scale(emit.sum(tensor, axes), share, emit.type(x));
  const statistics = once(() =>
    emit.type(x) === "float32" ? savedStatistics(step) : recomputedStatistics(step, average),
  );
  const normalized = once(() => emit.multiply(emit.subtract(x, statistics().mean), statistics().inverse));
  const g = firstGradient(step);
  return [
    () => {
      const h = emit.multiply(g, gamma);
      const along = emit.multiply(normalized(), average(emit.multiply(h, normalized())));
      return emit.multiply(statistics().inverse, emit.subtract(emit.subtract(h, average(h)), along));
    },
    () => emit.sumTo(emit.multiply(g, normalized()), shape, emit.shape(gamma)),
    () => emit.sumTo(g, shape, emit.shape(beta)),
  ];
};

/** Rules of the softmaxes and of layer normalisation. */
export const NORMALIZATION_RULES: Readonly<Record<string, GradientRule>> = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNormalization: layerNormalization,
};
