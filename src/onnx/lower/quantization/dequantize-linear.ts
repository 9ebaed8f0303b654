import type { Initializer, Node } from "../../graph.ts";
import { intAttribute, normalizeAxis } from "../../node-attributes.ts";
import type { FusedNode, Lowering, Refusal } from "../lowering.ts";
import { constantAt, refusesComputed } from "./constant-input.ts";
import { dequantized } from "./dequantize.ts";

/**
 * A quantised table of which rows are looked up, or, with one scale for all of it, that is transposed (an embedding that
 * the unembedding shares), and the operation that does so.
 */
const movedTable = (fused: FusedNode): { readonly table: Initializer; readonly move: Node } | undefined => {
  const { index, node } = fused;
  const move = index.producer(node.inputs[0]!);
  const one = constantAt(fused, 1)?.shape.length === 0 || constantAt(fused, 1)?.shape.join() === "1";
  const moves = move?.op === "Gather" || (move?.op === "Transpose" && one);
  const table = moves ? index.constant(move!.inputs[0]!)?.value : undefined;
  return table && { table, move: move! };
};

/** Operations that move quantised elements about. */
const MOVING = new Set(["Identity", "Reshape", "Transpose", "Gather", "Slice", "Squeeze", "Unsqueeze"]);

const isQuantizedBefore = ({ index, node }: FusedNode): boolean => {
  const source = index.producer(index.peel(node.inputs[0]!, MOVING));
  return source?.op === "QuantizeLinear" || source?.op === "DynamicQuantizeLinear";
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  if (isQuantizedBefore(fused)) return undefined;
  const found = constantAt(fused, 0) ?? movedTable(fused)?.table;
  return found === undefined
    ? { what: "integers that no QuantizeLinear made", instead: "quantise in QDQ format" }
    : refusesComputed(fused, [1, 2]);
};

const quantizationOf = (fused: FusedNode, { shape }: Initializer) => ({
  scale: constantAt(fused, 1)!,
  zeroPoint: constantAt(fused, 2),
  axis: normalizeAxis(intAttribute(fused.node, "axis", 1), shape.length),
  block: intAttribute(fused.node, "block_size", 0),
});

/**
 * A quantised weight: the dequantised constant, also where rows of it were looked up first, or it was transposed. What QuantizeLinear made
 * stays the float that it was, so that gradients pass.
 */
export const dequantizeLinear: Lowering = {
  op: "DequantizeLinear",
  domain: "",
  since: 10,
  refuses,
  lower: (fused, emit) => {
    const { node } = fused;
    const [output] = node.outputs as [string];
    const constant = constantAt(fused, 0);
    const moved = movedTable(fused);
    if (constant)
      emit.op(
        "Identity",
        [emit.constant(dequantized(constant, quantizationOf(fused, constant)))],
        {},
        output,
      );
    else if (moved && !isQuantizedBefore(fused)) {
      const table = emit.constant(dequantized(moved.table, quantizationOf(fused, moved.table)), "table");
      const { op, inputs, attributes } = moved.move;
      emit.op(op, [table, ...inputs.slice(1)], Object.fromEntries(attributes), output);
    } else emit.op("Identity", [node.inputs[0]!], {}, output);
  },
};
