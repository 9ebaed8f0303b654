import type { PartialShapes } from "../../infer/partial-shapes.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { lengthMask, type RunLengths } from "./causal-mask.ts";

/** ONNX's numbers for the element types that masks are cast to. */
const BOOL = 9;
const INT64 = 7;

/**
 * A mask of keys as Attention and MultiHeadAttention take it, as bool [B, 1, 1 or S, T]: by its rank the sequences'
 * lengths [B], one value a key [B, T], one a query and key [B, S, T], or a whole table [B, 1, max, max].
 */
export const paddingMask = (
  emit: LoweringEmitter,
  shapes: PartialShapes,
  mask: string,
  lengths: RunLengths,
): string => {
  const vector = (scalar: string) => emit.unsqueeze(scalar, [0]);
  switch (shapes.rank(mask)) {
    case 1:
      return lengthMask(emit, lengths, emit.cast(mask, INT64));
    case 3:
      return emit.unsqueeze(emit.cast(mask, BOOL), [1]);
    case 4: {
      const rows = emit.slice(mask, 2, vector(lengths.past), vector(lengths.total));
      return emit.cast(emit.slice(rows, 3, 0, vector(lengths.total)), BOOL);
    }
    default:
      return emit.unsqueeze(emit.cast(mask, BOOL), [1, 2]);
  }
};
