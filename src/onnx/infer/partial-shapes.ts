import { type Initializer, integersOf, type Node } from "../graph.ts";
import type { GraphIndex } from "../graph-index.ts";
import { intAttribute, intsAttribute, normalizeAxis } from "../node-attributes.ts";

/** A shape as far as the graph alone tells it: undefined where a size is known at run time only. */
export type PartialShape = readonly (number | undefined)[];

type Rule = (node: Node, shapes: PartialShapes, output: string) => PartialShape | undefined;

const first: Rule = (node, shapes) => shapes.of(node.inputs[0]!);

/** NumPy's broadcasting: the longest shape, and of two sizes the one that is not 1. */
const broadcast = (shapes: readonly PartialShape[]): PartialShape => {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]));
    return (
      sizes.find((size) => size !== undefined && size !== 1) ?? (sizes.includes(undefined) ? undefined : 1)
    );
  });
};

const broadcasting: Rule = (node, shapes) => {
  const known = node.inputs.filter((input) => input !== "").map((input) => shapes.of(input));
  return known.every((shape) => shape !== undefined) ? broadcast(known) : undefined;
};

const matMul: Rule = (node, shapes) => {
  const [a, b] = node.inputs.map((input) => shapes.of(input));
  if (!a || !b || a.length < 2 || b.length < 2) return undefined;
  return [...broadcast([a.slice(0, -2), b.slice(0, -2)]), a.at(-2), b.at(-1)];
};

/** The columns of the packed weight say how wide the result is. */
const packedMatMul: Rule = (node, shapes) => {
  const shape = first(node, shapes, "");
  return shape && [...shape.slice(0, -1), intAttribute(node, "N", 0)];
};

const reshape: Rule = (node, shapes) => {
  const target = shapes.integers(node.inputs[1]!);
  const from = shapes.of(node.inputs[0]!);
  return target?.map((size, axis) => (size === 0 ? from?.[axis] : size === -1 ? undefined : size));
};

const transpose: Rule = (node, shapes) => {
  const from = first(node, shapes, "");
  const permutation = intsAttribute(node, "perm") ?? from?.map((_, axis) => from.length - 1 - axis);
  return permutation?.map((axis) => from?.[axis]);
};

const axesOf = (node: Node, shapes: PartialShapes): readonly number[] | undefined =>
  intsAttribute(node, "axes") ??
  (node.inputs[1] ? (shapes.integers(node.inputs[1]) as readonly number[] | undefined) : undefined);

const unsqueeze: Rule = (node, shapes) => {
  const [from, axes] = [first(node, shapes, ""), axesOf(node, shapes)];
  if (!from || !axes) return undefined;
  const rank = from.length + axes.length;
  const added = axes.map((axis) => normalizeAxis(axis, rank));
  const rest = [...from];
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()));
};

const squeeze: Rule = (node, shapes) => {
  const [from, axes] = [first(node, shapes, ""), axesOf(node, shapes)];
  if (!from || !axes) return undefined;
  const gone = axes.map((axis) => normalizeAxis(axis, from.length));
  return from.filter((_, axis) => !gone.includes(axis));
};

const gather: Rule = (node, shapes) => {
  const [data, indices] = node.inputs.map((input) => shapes.of(input));
  if (!data || !indices) return undefined;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), data.length);
  return [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
};

const concat: Rule = (node, shapes) => {
  const parts = node.inputs.map((input) => shapes.of(input));
  const known = parts.find((part) => part !== undefined);
  if (!known) return undefined;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), known.length);
  const sizes = parts.map((part) => part?.[axis]);
  const sum = sizes.every((size) => size !== undefined) ? sizes.reduce((a, b) => a! + b!, 0) : undefined;
  return known.map((size, at) => (at === axis ? sum : size));
};

const split: Rule = (node, shapes, output) => {
  const from = first(node, shapes, "");
  if (!from) return undefined;
  const axis = normalizeAxis(intAttribute(node, "axis", 0), from.length);
  const sizes = node.inputs[1] ? shapes.integers(node.inputs[1]) : intsAttribute(node, "split");
  const whole = from[axis];
  const even = whole === undefined ? undefined : whole / node.outputs.length;
  return from.map((size, at) => (at === axis ? (sizes ? sizes[node.outputs.indexOf(output)] : even) : size));
};

const slice: Rule = (node, shapes) => first(node, shapes, "")?.map(() => undefined);

const expand: Rule = (node, shapes) => {
  const [from, target] = [first(node, shapes, ""), shapes.integers(node.inputs[1]!)];
  return from && target && broadcast([from, target]);
};

const shapeOp: Rule = (node, shapes) => [first(node, shapes, "")?.length];

const filled: Rule = (node, shapes) => shapes.integers(node.inputs[0]!);

const reduce: Rule = (node, shapes) => {
  const [from, axes] = [first(node, shapes, ""), axesOf(node, shapes)];
  if (!from || !axes) return undefined;
  const gone = axes.map((axis) => normalizeAxis(axis, from.length));
  return intAttribute(node, "keepdims", 1) === 1
    ? from.map((size, axis) => (gone.includes(axis) ? 1 : size))
    : from.filter((_, axis) => !gone.includes(axis));
};

const rulesOf = (ops: readonly string[], rule: Rule): [string, Rule][] => ops.map((op) => [op, rule]);

/** Operations whose output has the shape of their first input. */
const SHAPE_KEEPING = [
  ...[
    "Cast",
    "Identity",
    "Dropout",
    "CastLike",
    "Softmax",
    "Neg",
    "Sqrt",
    "Exp",
    "Tanh",
    "Sigmoid",
    "Erf",
    "Cos",
  ],
  ...[
    "Sin",
    "Relu",
    "Gelu",
    "FastGelu",
    "QuickGelu",
    "BiasGelu",
    "Not",
    "IsNaN",
    "Trilu",
    "LayerNormalization",
  ],
  ...["SimplifiedLayerNormalization", "RMSNormalization", "SkipLayerNormalization", "RotaryEmbedding"],
  ...[
    "SkipSimplifiedLayerNormalization",
    "DynamicQuantizeLinear",
    "QuantizeLinear",
    "DequantizeLinear",
    "CumSum",
  ],
];
const BROADCASTING = ["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Where", "And", "Or", "Equal", "Less"];
const COMPARING = ["Greater", "LessOrEqual", "GreaterOrEqual", "Mod"];

const RULES: ReadonlyMap<string, Rule> = new Map([
  ...rulesOf(SHAPE_KEEPING, first),
  ...rulesOf([...BROADCASTING, ...COMPARING], broadcasting),
  ...rulesOf(["MatMul", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul"], matMul),
  ...rulesOf(["MatMulNBits"], packedMatMul),
  ...rulesOf(["Reshape"], reshape),
  ...rulesOf(["Transpose"], transpose),
  ...rulesOf(["Unsqueeze"], unsqueeze),
  ...rulesOf(["Squeeze"], squeeze),
  ...rulesOf(["Gather", "GatherBlockQuantized"], gather),
  ...rulesOf(["Concat"], concat),
  ...rulesOf(["Split"], split),
  ...rulesOf(["Slice"], slice),
  ...rulesOf(["Expand"], expand),
  ...rulesOf(["Shape"], shapeOp),
  ...rulesOf(["ConstantOfShape"], filled),
  ...rulesOf(["Range"], () => [undefined]),
  ...rulesOf(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"], reduce),
]);

/** What can be said of the shapes of a graph's tensors without running it; an operation without a rule ends it. */
export class PartialShapes {
  readonly #index: GraphIndex;
  readonly #known = new Map<string, PartialShape | undefined>();

  constructor(index: GraphIndex) {
    this.#index = index;
  }

  /** The shape of `tensor` as far as it is known; undefined where not even its rank is. */
  of(tensor: string): PartialShape | undefined {
    if (!this.#known.has(tensor)) {
      // A cycle, which no valid graph has, ends here.
      this.#known.set(tensor, undefined);
      this.#known.set(tensor, this.#infer(tensor));
    }
    return this.#known.get(tensor);
  }

  /** How many axes `tensor` has. */
  rank(tensor: string): number | undefined {
    return this.of(tensor)?.length;
  }

  /** The size of the last axis of `tensor`. */
  width(tensor: string): number | undefined {
    return this.of(tensor)?.at(-1);
  }

  /** The elements of an integer vector, such as a shape; undefined within where one is computed. */
  integers(tensor: string): PartialShape | undefined {
    const constant = this.#index.constant(tensor)?.value;
    if (constant) return isInteger(constant) ? integersOf(constant) : undefined;
    const node = this.#index.producer(tensor);
    if (node?.op === "Shape") return this.of(node.inputs[0]!);
    if (node?.op !== "Concat") return this.of(tensor)?.[0] === 1 ? [undefined] : undefined;
    const parts = node.inputs.map((input) => this.integers(input));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }

  #infer(tensor: string): PartialShape | undefined {
    const constant = this.#index.constant(tensor);
    if (constant) return constant.value.shape;
    const input = this.#index.graph.inputs.find(({ name }) => name === tensor);
    if (input) return input.shape.map((size) => (typeof size === "number" ? size : undefined));
    const node = this.#index.producer(tensor);
    return node && RULES.get(node.op)?.(node, this, tensor);
  }
}

const isInteger = ({ type }: Initializer): boolean => type === "int64" || type === "int32";
