import { elementTypeFromProto } from "../element-types.ts";
import { type ElementType, isComputed, type Node, type StoredType } from "../graph.ts";
import type { GraphIndex } from "../graph-index.ts";
import { intAttribute } from "../node-attributes.ts";

/** Operations whose output has a type of its own, whatever it reads. */
const FIXED: Readonly<Record<string, ElementType>> = {
  Shape: "int64",
  Size: "int64",
  NonZero: "int64",
  ArgMax: "int64",
  ArgMin: "int64",
  Equal: "bool",
  Less: "bool",
  LessOrEqual: "bool",
  Greater: "bool",
  GreaterOrEqual: "bool",
  And: "bool",
  Or: "bool",
  Not: "bool",
  IsNaN: "bool",
  IsInf: "bool",
  MatMulInteger: "int32",
};

/** The input whose type an operation's output has, where it is not the first. */
const TYPED_BY: Readonly<Record<string, number>> = {
  Where: 1,
  CastLike: 1,
  DequantizeLinear: 1,
  MatMulIntegerToFloat: 3,
  GatherBlockQuantized: 2,
  EmbedLayerNormalization: 2,
  QAttention: 3,
};

const computed = (type: StoredType | undefined): ElementType | undefined =>
  isComputed(type) ? type : undefined;

const typeOfOutput = (index: GraphIndex, node: Node, output: string): ElementType | undefined => {
  if (node.op === "Cast") return computed(elementTypeFromProto(intAttribute(node, "to", 0)));
  if (node.op === "ConstantOfShape") {
    const value = node.attributes.get("value");
    return value?.kind === "tensor" ? computed(value.value.type) : "float32";
  }
  if (node.op === "DynamicQuantizeLinear") return output === node.outputs[1] ? "float32" : "uint8";
  if (node.op === "QuantizeLinear") return node.inputs[2] ? elementTypeOf(index, node.inputs[2]) : "uint8";
  return FIXED[node.op] ?? elementTypeOf(index, node.inputs[TYPED_BY[node.op] ?? 0] ?? "");
};

/**
 * The element type of `tensor`, followed back to an input, a constant or an operation that sets it. Undefined where
 * nothing tells, and of constants of 4 bits.
 */
export const elementTypeOf = (index: GraphIndex, tensor: string): ElementType | undefined => {
  const constant = index.constant(tensor);
  if (constant) return computed(constant.value.type);
  const input = index.graph.inputs.find(({ name }) => name === tensor);
  if (input) return input.type;
  const node = index.producer(tensor);
  return node && typeOfOutput(index, node, tensor);
};
