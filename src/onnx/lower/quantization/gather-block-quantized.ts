import { intAttribute, normalizeAxis } from "../../node-attributes.ts";
import type { FusedNode, Lowering, Refusal } from "../lowering.ts";
import { constantAt, refusesComputed } from "./constant-input.ts";
import { dequantized, unpackedRows } from "./dequantize.ts";

const refuses = (fused: FusedNode): Refusal | undefined => {
  const { node } = fused;
  const table = constantAt(fused, 0);
  const rowsOfBlocks =
    table?.shape.length === 2 &&
    normalizeAxis(intAttribute(node, "gather_axis", 0), 2) === 0 &&
    normalizeAxis(intAttribute(node, "quantize_axis", 1), 2) === 1;
  return rowsOfBlocks
    ? refusesComputed(fused, [2, 3])
    : { what: "a table that is not quantised along its rows", instead: "quantise embeddings by row" };
};

/** A lookup in an embedding table of few bits, each block of a row with a scale: rows of the dequantised table. */
export const gatherBlockQuantized: Lowering = {
  op: "GatherBlockQuantized",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower: (fused, emit) => {
    const { node } = fused;
    const [packed, scale] = [constantAt(fused, 0)!, constantAt(fused, 2)!];
    const block = intAttribute(node, "block_size", 128);
    const bits = intAttribute(node, "bits", 4);
    const [rows, width] = packed.shape as [number, number];
    const zeroPoint = constantAt(fused, 3);
    const table =
      packed.type === "uint8"
        ? unpackedRows(
            {
              bits,
              block,
              rows,
              columns: (width * 8) / bits,
              packed,
              scales: scale,
              zeroPoints: zeroPoint,
            },
            false,
          )
        : dequantized(packed, { scale, zeroPoint, axis: 1, block });
    emit.op("Gather", [emit.constant(table, "table"), node.inputs[1]!], { axis: 0 }, node.outputs[0]!);
  },
};
