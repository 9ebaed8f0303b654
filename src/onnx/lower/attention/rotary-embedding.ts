import { floatAttribute, intAttribute } from "../../node-attributes.ts";
import type { FusedNode, Lowering, Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { type Rotation, rotate, tableRows } from "./rotate.ts";
import { mergeHeads, splitHeads } from "./scaled-dot-product.ts";

/** Half of a head's rotated elements: the width of the tables. */
const halfOf = ({ node, shapes }: FusedNode): number | undefined => shapes.width(node.inputs[2]!);

/** How wide a head is: said, or what the tables cover. */
const headWidth = ({ node, shapes }: FusedNode): number | undefined => {
  const [heads, half] = [intAttribute(node, "num_heads", 0), shapes.width(node.inputs[2]!)];
  const width = shapes.width(node.inputs[0]!);
  if (shapes.rank(node.inputs[0]!) === 4) return width;
  if (heads > 0) return width === undefined ? undefined : width / heads;
  return half === undefined ? undefined : 2 * half;
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  const { node, shapes } = fused;
  if (intAttribute(node, "is_packed_batching", 0) !== 0)
    return { what: "packed batches", instead: "export with one sequence a row" };
  const rank = shapes.rank(node.inputs[0]!);
  if ((rank !== 3 && rank !== 4) || halfOf(fused) === undefined || headWidth(fused) === undefined)
    return { what: "heads of a size that the graph does not tell", instead: "export with num_heads set" };
  return undefined;
};

/** The positions of the rows [B, S]: as given, or counted from one offset. */
const positionsOf = (emit: LoweringEmitter, { node, shapes }: FusedNode, length: string): string => {
  const given = node.inputs[1]!;
  if (shapes.rank(given) !== 1) return given;
  const offset = emit.squeeze(emit.cast(given, 7), [0]);
  return emit.unsqueeze(emit.range(offset, emit.add(offset, length)), [0]);
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node, shapes } = fused;
  const [x, , cos, sin] = node.inputs as [string, string, string, string];
  const width = headWidth(fused)!;
  const rotation: Rotation = {
    width,
    rotated: 2 * halfOf(fused)!,
    interleaved: intAttribute(node, "interleaved", 0) === 1,
  };
  const apart = shapes.rank(x) === 4;
  const heads = apart ? x : splitHeads(emit, x, -1, width);
  const positions = positionsOf(emit, fused, emit.size(heads, 2));
  const turned = emit.scale(
    rotate(emit, heads, tableRows(emit, { cos, sin }, positions), rotation),
    floatAttribute(node, "scale", 1),
  );
  const [output] = node.outputs as [string];
  if (apart) emit.op("Identity", [turned], {}, output);
  else mergeHeads(emit, turned, -1, output);
};

/** Rotary positions of queries or keys, their heads apart [B, heads, S, d] or not [B, S, heads · d]. */
export const rotaryEmbedding: Lowering = {
  op: "RotaryEmbedding",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower,
};
