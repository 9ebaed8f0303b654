import type { Node } from "../graph.ts";
import { type GraphIndex, SAME_VALUE } from "../graph-index.ts";
import type { Norm } from "./decoder-structure.ts";

/** Norms that are one operation, with what they compute. */
const NORM_OPERATIONS: Readonly<Record<string, Norm["kind"]>> = {
  LayerNormalization: "layer",
  SimplifiedLayerNormalization: "rms",
  RMSNormalization: "rms",
};

type Pair = readonly [string, string];

const bothOrders = ({ inputs }: Node): readonly Pair[] => [
  [inputs[0]!, inputs[1]!],
  [inputs[1]!, inputs[0]!],
];

/** The operation behind a tensor, seen through casts. */
const maker = (index: GraphIndex, tensor: string, op: string): Node | undefined => {
  const node = index.producer(index.peel(tensor, SAME_VALUE));
  return node?.op === op ? node : undefined;
};

const same = (index: GraphIndex, a: string, b: string): boolean =>
  index.peel(a, SAME_VALUE) === index.peel(b, SAME_VALUE);

const isSquareOf = (index: GraphIndex, tensor: string, x: string): boolean => {
  const power = maker(index, tensor, "Pow");
  if (power) return same(index, power.inputs[0]!, x) && index.scalar(power.inputs[1]!) === 2;
  return maker(index, tensor, "Mul")?.inputs.every((input) => same(index, input, x)) ?? false;
};

/** Whether `tensor` is sqrt(mean(x²) + epsilon). */
const isRootMeanSquareOf = (index: GraphIndex, tensor: string, x: string): boolean => {
  const root = maker(index, tensor, "Sqrt");
  const sum = root && maker(index, root.inputs[0]!, "Add");
  return (
    sum !== undefined &&
    bothOrders(sum).some(([mean, epsilon]) => {
      const reduce = maker(index, mean, "ReduceMean");
      return (
        index.scalar(epsilon) !== undefined && reduce !== undefined && isSquareOf(index, reduce.inputs[0]!, x)
      );
    })
  );
};

/** What `tensor` is the reciprocal of. */
const reciprocalOf = (index: GraphIndex, tensor: string): string | undefined => {
  const reciprocal = maker(index, tensor, "Reciprocal");
  if (reciprocal) return reciprocal.inputs[0];
  const division = maker(index, tensor, "Div");
  return division && index.scalar(division.inputs[0]!) === 1 ? division.inputs[1] : undefined;
};

/** The x of a tensor that is x / sqrt(mean(x²) + epsilon). */
const matchScaled = (index: GraphIndex, tensor: string): string | undefined => {
  const division = maker(index, tensor, "Div");
  if (division)
    return isRootMeanSquareOf(index, division.inputs[1]!, division.inputs[0]!)
      ? division.inputs[0]
      : undefined;
  const product = maker(index, tensor, "Mul");
  return (
    product &&
    bothOrders(product).find(([x, factor]) => {
      const root = reciprocalOf(index, factor);
      return root !== undefined && isRootMeanSquareOf(index, root, x);
    })?.[0]
  );
};

/** The x of a tensor that is x - mean(x). */
const matchCentred = (index: GraphIndex, tensor: string): string | undefined => {
  const difference = maker(index, tensor, "Sub");
  const mean = difference && maker(index, difference.inputs[1]!, "ReduceMean");
  return mean && same(index, mean.inputs[0]!, difference.inputs[0]!) ? difference.inputs[0] : undefined;
};

/** Splits `op(other, constant vector)` into the other operand and the constant's name. */
const splitVector = (index: GraphIndex, tensor: string, op: string) => {
  const node = maker(index, tensor, op);
  for (const [other, vector] of node ? bothOrders(node) : []) {
    const constant = index.vector(vector);
    if (constant) return { other, name: constant.name };
  }
  return undefined;
};

const matchDecomposed = (index: GraphIndex, tensor: string): Norm | undefined => {
  const offset = splitVector(index, tensor, "Add");
  const gain = splitVector(index, offset?.other ?? tensor, "Mul");
  const scaled = gain && matchScaled(index, gain.other);
  if (!scaled) return undefined;
  const centred = matchCentred(index, scaled);
  return {
    kind: centred ? "layer" : "rms",
    input: index.peel(centred ?? scaled, SAME_VALUE),
    output: tensor,
    weight: gain.name,
    bias: offset?.name ?? null,
  };
};

/** The norm whose result is `tensor`: LayerNormalization or RMS norm, as one operation or decomposed. */
export const matchNorm = (index: GraphIndex, tensor: string): Norm | undefined => {
  const node = index.producer(tensor);
  const kind = node && NORM_OPERATIONS[node.op];
  if (!kind) return matchDecomposed(index, tensor);
  const weight = node.inputs[1] ? index.vector(node.inputs[1]) : undefined;
  const bias = node.inputs[2] ? index.vector(node.inputs[2]) : undefined;
  return weight && node.outputs[0] === tensor
    ? {
        kind,
        input: index.peel(node.inputs[0]!, SAME_VALUE),
        output: tensor,
        weight: weight.name,
        bias: bias?.name ?? null,
      }
    : undefined;
};
