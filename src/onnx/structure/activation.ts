import type { Node } from "../graph.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import type { Activation } from "./decoder-structure.ts";
import { projectionOf } from "./linear.ts";

/**
 * An activation is recognised by what it computes, not by how it is spelt: the operations between two linear
 * layers are evaluated at a few points and compared with the known functions. Exporters spell GELU in many ways.
 */
type Expression = (variables: ReadonlyMap<string, number>) => number;

/** The error function, Abramowitz and Stegun 7.1.26: absolute error below 1.5e-7. */
const erf = (x: number): number => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The activations known, as functions of one number. */
const ACTIVATIONS: Readonly<Record<Activation, (x: number) => number>> = {
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  "gelu-tanh": (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * sigmoid(x),
  relu: (x) => Math.max(x, 0),
  "gelu-quick": (x) => x * sigmoid(1.702 * x),
  "relu-squared": (x) => Math.max(x, 0) ** 2,
};

const POINTWISE: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Neg: (a) => -a,
  Exp: Math.exp,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Tanh: Math.tanh,
  Erf: erf,
  Sigmoid: sigmoid,
  Relu: ACTIVATIONS.relu,
  FastGelu: ACTIVATIONS["gelu-tanh"],
};

/** Points at which functions are compared; exact GELU and its approximation differ by 4e-4 at two of them. */
const SAMPLES = [-3.1, -2.2, -0.7, 0.4, 1.3, 2.1];
/** How far an activation may be off: that of a graph in half precision has its constants rounded. */
const TOLERANCE = 5e-3;

const operationOf = (node: Node): ((a: number, b: number) => number) | undefined => {
  if (node.op !== "Gelu") return POINTWISE[node.op];
  const approximate = node.attributes.get("approximate");
  return approximate?.kind === "string" && approximate.value === "tanh"
    ? ACTIVATIONS["gelu-tanh"]
    : ACTIVATIONS.gelu;
};

/** `tensor` as an expression over linear layers' outputs, whose names are added to `leaves`. */
const expressionOf = (index: GraphIndex, tensor: string, leaves: Set<string>): Expression | string => {
  const constant = index.scalar(tensor);
  if (constant !== undefined) return () => constant;
  if (projectionOf(index, tensor)) {
    leaves.add(tensor);
    return (variables) => variables.get(tensor)!;
  }
  const node = index.producer(tensor);
  if (node && SAME_ELEMENTS.has(node.op)) return expressionOf(index, node.inputs[0]!, leaves);
  const operation = node && operationOf(node);
  if (!operation)
    return `"${tensor}" (${node?.op ?? "an input"}) is no pointwise operation on a linear layer`;
  const operands: Expression[] = [];
  for (const input of node.inputs) {
    const operand = expressionOf(index, input, leaves);
    if (typeof operand === "string") return operand;
    operands.push(operand);
  }
  const [first, second] = operands as [Expression, Expression?];
  return (variables) => operation(first(variables), second?.(variables) ?? Number.NaN);
};

/** What lies between an FFN's down-projection and its other linear layers; tensors are their outputs. */
export interface ActivationMatch {
  readonly activation: Activation;
  readonly up: string;
  readonly gate: string | null;
}

/** The largest difference to what `candidate` would compute. */
const distanceTo = (expression: Expression, { activation, up, gate }: ActivationMatch): number => {
  const act = ACTIVATIONS[activation];
  const differences = SAMPLES.flatMap((x) =>
    SAMPLES.map((factor) => {
      const variables = new Map(
        gate === null
          ? [[up, x]]
          : [
              [gate, x],
              [up, factor],
            ],
      );
      const expected = gate === null ? act(x) : act(x) * factor;
      return Math.abs(expression(variables) - expected);
    }),
  );
  return Math.max(...differences);
};

const candidatesFor = (leaves: readonly string[]): ActivationMatch[] => {
  const [first, second] = leaves as [string, string?];
  const roles =
    second === undefined
      ? [{ up: first, gate: null }]
      : [
          { up: first, gate: second },
          { up: second, gate: first },
        ];
  return (Object.keys(ACTIVATIONS) as Activation[]).flatMap((activation) =>
    roles.map((role) => ({ activation, ...role })),
  );
};

/** The activation that makes `tensor` out of one linear layer's output, or of two where one gates the other. */
export const matchActivation = (index: GraphIndex, tensor: string): ActivationMatch | string => {
  const leaves = new Set<string>();
  const expression = expressionOf(index, tensor, leaves);
  if (typeof expression === "string") return expression;
  if (leaves.size !== 1 && leaves.size !== 2)
    return `"${tensor}" depends on ${leaves.size} linear layers where one or two were expected`;
  const nearest = candidatesFor([...leaves])
    .map((candidate) => ({ candidate, distance: distanceTo(expression, candidate) }))
    .reduce((best, other) => (other.distance < best.distance ? other : best));
  return nearest.distance <= TOLERANCE
    ? nearest.candidate
    : `"${tensor}" is none of the known activations (${Object.keys(ACTIVATIONS).join(", ")})`;
};
