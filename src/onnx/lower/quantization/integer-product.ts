import type { Initializer } from "../../graph.ts";
import { type FusedNode, inputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { constantAt, refusesComputed } from "./constant-input.ts";
import { dequantized } from "./dequantize.ts";

/** Places of a product's quantised weight, its scale, its zero point and the bias behind it. */
export interface IntegerWeight {
  readonly weight: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly bias: number;
}

/** Refuses products whose weight is computed, or whose first operand nothing quantised. */
export const refusesIntegerProduct = (
  fused: FusedNode,
  { weight, scale, zeroPoint }: IntegerWeight,
  quantizedOperand: boolean,
): Refusal | undefined => {
  const { node, index } = fused;
  const source = index.producer(node.inputs[0]!)?.op ?? "";
  if (quantizedOperand && source !== "DynamicQuantizeLinear" && source !== "QuantizeLinear")
    return { what: "an operand that stays an integer", instead: "quantise dynamically, or in QDQ format" };
  return refusesComputed(fused, [weight, scale, zeroPoint]);
};

/** The weight [in, out] that the integers stand for: one scale, or one a column. */
export const integerWeight = (fused: FusedNode, { weight, scale, zeroPoint }: IntegerWeight): Initializer => {
  const tensor = constantAt(fused, weight)!;
  return dequantized(tensor, {
    scale: constantAt(fused, scale)!,
    zeroPoint: constantAt(fused, zeroPoint),
    axis: tensor.shape.length - 1,
    block: 0,
  });
};

/** x · dequantised weight + bias. */
export const lowerIntegerProduct = (fused: FusedNode, emit: LoweringEmitter, places: IntegerWeight): void => {
  const { node } = fused;
  const operands = [node.inputs[0]!, emit.constant(integerWeight(fused, places), "weight")];
  const bias = inputAt(node, places.bias);
  const [output] = node.outputs as [string];
  if (bias === undefined) emit.op("MatMul", operands, {}, output);
  else emit.add(emit.op("MatMul", operands), bias, output);
};
