import { type BackwardStep, firstGradient, type GradientRule, type InputGradient } from "../gradient-rule.ts";

/** Sums `gradient`, of the shape of the node's output, down to the shape of input `index`. */
const toInput = ({ node, emit }: BackwardStep, index: number, gradient: string): string =>
  emit.sumTo(gradient, emit.shape(node.outputs[0]!), emit.shape(node.inputs[index]!));

/** y = a + b: da = g, db = g. Also the n-ary Sum. */
const add: GradientRule = (step) =>
  step.node.inputs.map((_, index) => () => toInput(step, index, firstGradient(step)));

/** y = a − b: da = g, db = −g. */
const subtract: GradientRule = (step) => [
  () => toInput(step, 0, firstGradient(step)),
  () => step.emit.negate(toInput(step, 1, firstGradient(step))),
];

/** y = a · b: da = g · b, db = g · a. */
const multiply: GradientRule = (step) => {
  const [a, b] = step.node.inputs as [string, string];
  return [
    () => toInput(step, 0, step.emit.multiply(firstGradient(step), b)),
    () => toInput(step, 1, step.emit.multiply(firstGradient(step), a)),
  ];
};

/** y = a / b: da = g / b, db = −g · y / b. */
const divide: GradientRule = (step) => {
  const { emit, node } = step;
  const [, b] = node.inputs as [string, string];
  const y = node.outputs[0]!;
  const quotient = () => emit.op("Div", [firstGradient(step), b]);
  return [
    () => toInput(step, 0, quotient()),
    () => emit.negate(toInput(step, 1, emit.multiply(quotient(), y))),
  ];
};

/**
 * y = x^p: dx = g · p · x^(p − 1), dp = g · y · ln x, where the latter needs x > 0.
 * The exponent may be of another type than the base, which has the type of the result.
 */
const power: GradientRule = (step) => {
  const { emit, node } = step;
  const [x, exponent] = node.inputs as [string, string];
  const [y] = node.outputs as [string];
  const type = emit.type(x);
  const p = () => (emit.type(exponent) === type ? exponent : emit.op("CastLike", [exponent, x]));
  const ofBase: InputGradient = () => {
    const lowered = emit.op("Pow", [x, emit.subtract(p(), emit.scalar(1, type))]);
    return toInput(step, 0, emit.multiply(firstGradient(step), emit.multiply(lowered, p())));
  };
  const ofExponent: InputGradient = () =>
    toInput(step, 1, emit.multiply(firstGradient(step), emit.multiply(y, emit.op("Log", [x]))));
  return [ofBase, ofExponent];
};

/**
 * y = the largest (or smallest) of the inputs: each input that attains it gets an equal share of g, which is
 * PyTorch's choice of subgradient at ties.
 */
const extreme: GradientRule = (step) => {
  const { emit, node } = step;
  const [y] = node.outputs as [string];
  const attains = (input: string) => emit.op("CastLike", [emit.op("Equal", [input, y]), y]);
  const sharers = () => node.inputs.map(attains).reduce((a, b) => emit.add(a, b));
  return node.inputs.map((input, index) => () => {
    const share = emit.op("Div", [attains(input), sharers()]);
    return toInput(step, index, emit.multiply(firstGradient(step), share));
  });
};

/** y = c ? a : b: da = c ? g : 0, db = c ? 0 : g. */
const where: GradientRule = (step) => {
  const { emit, node } = step;
  const [condition] = node.inputs as [string];
  const zero = emit.scalar(0, emit.type(node.outputs[0]!));
  return [
    undefined,
    () => toInput(step, 1, emit.op("Where", [condition, firstGradient(step), zero])),
    () => toInput(step, 2, emit.op("Where", [condition, zero, firstGradient(step)])),
  ];
};

/** Rules of the operators that work on several tensors element by element, with broadcasting. */
export const ARITHMETIC_RULES: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sum: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Pow: power,
  Max: extreme,
  Min: extreme,
  Where: where,
};
