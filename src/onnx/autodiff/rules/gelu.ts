import { stringAttribute } from "../../node-attributes.ts";
import type { GradientEmitter } from "../gradient-emitter.ts";
import { firstGradient, type GradientRule } from "../gradient-rule.ts";

/** Twice √(2/π): gelu(x) ≈ x · sigmoid(SLOPE · (x + CUBIC · x³)), the tanh approximation written with a sigmoid. */
const SLOPE = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * f(x) = x · Φ(x): f'(x) = Φ(x) + x · φ(x), with Φ and φ the distribution and density of the standard normal.
 */
const exactDerivative = (emit: GradientEmitter, x: string): string => {
  const type = emit.type(x);
  const number = (value: number) => emit.scalar(value, type);
  const erf = emit.op("Erf", [emit.multiply(x, number(Math.SQRT1_2))]);
  const distribution = emit.multiply(emit.add(erf, number(1)), number(0.5));
  const square = emit.multiply(x, x);
  const bell = emit.op("Exp", [emit.multiply(square, number(-0.5))]);
  const density = emit.multiply(bell, number(1 / Math.sqrt(2 * Math.PI)));
  return emit.add(distribution, emit.multiply(x, density));
};

/**
 * f(x) = x · s with s = sigmoid(SLOPE · (x + CUBIC · x³)): f'(x) = s + f(x) · (1 − s) · SLOPE · (1 + 3 · CUBIC · x²).
 */
const tanhDerivative = (emit: GradientEmitter, x: string, y: string): string => {
  const number = (value: number) => emit.scalar(value, emit.type(x));
  const square = emit.multiply(x, x);
  const ramp = emit.add(emit.multiply(square, number(SLOPE * CUBIC)), number(SLOPE));
  const s = emit.op("Sigmoid", [emit.multiply(x, ramp)]);
  const slope = emit.add(emit.multiply(square, number(3 * SLOPE * CUBIC)), number(SLOPE));
  const curve = emit.multiply(emit.multiply(y, slope), emit.subtract(number(1), s));
  return emit.add(s, curve);
};

/** Gelu: dx = g · f'(x), with f by the attribute `approximate`. */
const gelu: GradientRule = (step) => {
  const { emit, node } = step;
  const [x] = node.inputs as [string];
  const [y] = node.outputs as [string];
  const approximate = stringAttribute(node, "approximate", "none") === "tanh";
  return [
    () =>
      emit.multiply(firstGradient(step), approximate ? tanhDerivative(emit, x, y) : exactDerivative(emit, x)),
  ];
};

/** The rule of the Gelu operator, exact and by tanh. */
export const GELU_RULES: Readonly<Record<string, GradientRule>> = { Gelu: gelu };
