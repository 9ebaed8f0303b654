import { intAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, type Refusal } from "../lowering.ts";
import { constantAt, refusesComputed } from "./constant-input.ts";
import { unpackedRows } from "./dequantize.ts";

/** Places of the inputs. */
const INPUT = { x: 0, packed: 1, scales: 2, zeroPoints: 3, groups: 4, bias: 5 } as const;

const refuses = (fused: FusedNode): Refusal | undefined => {
  const { node } = fused;
  if (inputAt(node, INPUT.groups) !== undefined)
    return { what: "rows that were put in another order (g_idx)", instead: "quantise without act_order" };
  if (intAttribute(node, "weight_prepacked", 0) !== 0)
    return {
      what: "weights packed for one kind of processor",
      instead: "export for the CPU execution provider",
    };
  return refusesComputed(fused, [INPUT.packed, INPUT.scales, INPUT.zeroPoints]);
};

/** A product with a weight of 2, 4 or 8 bits, each block of a column with a scale: x · dequantised weight + bias. */
export const matMulNBits: Lowering = {
  op: "MatMulNBits",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower: (fused, emit) => {
    const { node } = fused;
    const matrix = unpackedRows(
      {
        bits: intAttribute(node, "bits", 4),
        block: intAttribute(node, "block_size", 32),
        rows: intAttribute(node, "N", 0),
        columns: intAttribute(node, "K", 0),
        packed: constantAt(fused, INPUT.packed)!,
        scales: constantAt(fused, INPUT.scales)!,
        zeroPoints: constantAt(fused, INPUT.zeroPoints),
      },
      true,
    );
    const operands = [node.inputs[INPUT.x]!, emit.constant(matrix, "weight")];
    const bias = inputAt(node, INPUT.bias);
    const [output] = node.outputs as [string];
    if (bias === undefined) emit.op("MatMul", operands, {}, output);
    else emit.add(emit.op("MatMul", operands), bias, output);
  },
};
