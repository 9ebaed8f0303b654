import { type BackwardStep, firstGradient, type GradientRule } from "../gradient-rule.ts";

/** One application y = f(x), with what its derivative is written in. */
interface Application {
  readonly step: BackwardStep;
  readonly x: string;
  readonly y: string;
  /** A scalar of the type of x. */
  readonly number: (value: number) => string;
}

/** The rule dx = g · f'(x) of a function of one tensor. */
const chain =
  (derivative: (application: Application) => string): GradientRule =>
  (step) => {
    const { node, emit } = step;
    const [x] = node.inputs as [string];
    const [y] = node.outputs as [string];
    const number = (value: number) => emit.scalar(value, emit.type(x));
    return [() => emit.multiply(firstGradient(step), derivative({ step, x, y, number }))];
  };

/** y = −x: dx = −g. */
const negate: GradientRule = (step) => [() => step.emit.negate(firstGradient(step))];

/** y = √x: dx = g / (2y). */
const squareRoot: GradientRule = (step) => {
  const { emit, node } = step;
  const [y] = node.outputs as [string];
  return [() => emit.op("Div", [firstGradient(step), emit.scale(y, 2, emit.type(y))])];
};

/** y = 1/x: dx = −g · y². */
const reciprocal = chain(({ step: { emit }, y }) => emit.negate(emit.multiply(y, y)));

/** y = exp x: dx = g · y. */
const exponential = chain(({ y }) => y);

/** y = ln x: dx = g / x. */
const logarithm: GradientRule = (step) => [
  () => step.emit.op("Div", [firstGradient(step), step.node.inputs[0]!]),
];

/** y = tanh x: dx = g · (1 − y²). */
const tanh = chain(({ step: { emit }, y, number }) => emit.subtract(number(1), emit.multiply(y, y)));

/** y = erf x: dx = g · 2/√π · exp(−x²). */
const errorFunction = chain(({ step: { emit }, x, number }) =>
  emit.multiply(emit.op("Exp", [emit.negate(emit.multiply(x, x))]), number(2 / Math.sqrt(Math.PI))),
);

/** y = 1 / (1 + exp(−x)): dx = g · y · (1 − y). */
const sigmoid = chain(({ step: { emit }, y, number }) => emit.multiply(y, emit.subtract(number(1), y)));

/** y = max(x, 0): dx = g where x > 0, else 0. */
const rectify: GradientRule = (step) => {
  const { emit, node } = step;
  const [x] = node.inputs as [string];
  const zero = emit.scalar(0, emit.type(x));
  return [() => emit.op("Where", [emit.op("Greater", [x, zero]), firstGradient(step), zero])];
};

/** y = |x|: dx = g · sign x. */
const absolute = chain(({ step: { emit }, x }) => emit.op("Sign", [x]));

/** y = cos x: dx = −g · sin x. */
const cosine = chain(({ step: { emit }, x }) => emit.negate(emit.op("Sin", [x])));

/** y = sin x: dx = g · cos x. */
const sine = chain(({ step: { emit }, x }) => emit.op("Cos", [x]));

/** y = x limited to [low, high]: dx = g where low ≤ x ≤ high, else 0. */
const clip: GradientRule = (step) => {
  const { emit, node } = step;
  const [x, low = "", high = ""] = node.inputs as [string, string?, string?];
  const zero = emit.scalar(0, emit.type(x));
  const bounds = [
    ...(low === "" ? [] : [() => emit.op("GreaterOrEqual", [x, low])]),
    ...(high === "" ? [] : [() => emit.op("LessOrEqual", [x, high])]),
  ];
  const limited = () =>
    bounds.reduce((g, within) => emit.op("Where", [within(), g, zero]), firstGradient(step));
  return [limited];
};

/** Rules of the functions of one tensor, element by element; f' is given in each rule's comment. */
export const FUNCTION_RULES: Readonly<Record<string, GradientRule>> = {
  Neg: negate,
  Sqrt: squareRoot,
  Reciprocal: reciprocal,
  Exp: exponential,
  Log: logarithm,
  Tanh: tanh,
  Erf: errorFunction,
  Sigmoid: sigmoid,
  Relu: rectify,
  Abs: absolute,
  Cos: cosine,
  Sin: sine,
  Clip: clip,
};
