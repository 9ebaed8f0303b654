import type { Initializer, Node } from "../../graph.ts";
import { intAttribute, normalizeAxis } from "../../node-attributes.ts";
import type { FusedNode, Lowering, Refusal } from "../lowering.ts";
import { constantAt, refusesComputed } from "./constant-input.ts";
import { dequantized } from "./dequantize.ts";

/** The lookup in a quantised table that `tensor` is the result of. */
const lookupBehind = ({ index, node }: FusedNode): { table: Initializer; lookup: Node } | undefined => {
  const lookup = index.producer(node.inputs[0]!);
  const table = lookup?.op === "Gather" ? index.constant(lookup.inputs[0]!)?.value : undefined;
  return table && { table, lookup: lookup! };
};

/** Operations that move quantised elements about. */
const MOVING = new Set(["Identity", "Reshape", "Transpose", "Gather", "Slice", "Squeeze", "Unsqueeze"]);

const isQuantizedBefore = ({ index, node }: FusedNode): boolean => {
  const source = index.producer(index.peel(node.inputs[0]!, MOVING));
  return source?.op === "QuantizeLinear" || source?.op === "DynamicQuantizeLinear";
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  if (isQuantizedBefore(fused)) return undefined;
  const found = constantAt(fused, 0) ?? lookupBehind(fused)?.table;
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
 * A quantised weight: the dequantised constant, also where rows of it were looked up first. What QuantizeLinear made
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
    const looked = lookupBehind(fused);
    if (constant)
      emit.op(
        "Identity",
        [emit.constant(dequantized(constant, quantizationOf(fused, constant)))],
        {},
        output,
      );
    else if (looked && !isQuantizedBefore(fused)) {
      const table = emit.constant(dequantized(looked.table, quantizationOf(fused, looked.table)), "table");
      const axis = intAttribute(looked.lookup, "axis", 0);
      emit.op("Gather", [table, looked.lookup.inputs[1]!], { axis }, output);
    } else emit.op("Identity", [node.inputs[0]!], {}, output);
  },
};
