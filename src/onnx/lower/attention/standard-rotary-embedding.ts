import { intAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { type Rotation, rotate, tableRows } from "./rotate.ts";
import { mergeHeads, splitHeads } from "./scaled-dot-product.ts";

const headWidth = ({ node, shapes }: FusedNode): number | undefined => {
  const width = shapes.width(node.inputs[0]!);
  const heads = intAttribute(node, "num_heads", 0);
  return heads > 0 && width !== undefined && shapes.rank(node.inputs[0]!) === 3 ? width / heads : width;
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  const rank = fused.shapes.rank(fused.node.inputs[0]!);
  return (rank !== 3 && rank !== 4) || headWidth(fused) === undefined
    ? { what: "heads of a size that the graph does not tell", instead: "export with static head sizes" }
    : undefined;
};

/** The rows of the tables, [B, 1, S, half]; without positions the tables are a row for each token already. */
const rowsOf = (emit: LoweringEmitter, { node }: FusedNode) => {
  const [, cos, sin] = node.inputs as [string, string, string];
  const positions = inputAt(node, 3);
  return positions === undefined
    ? { cos: emit.unsqueeze(cos, [1]), sin: emit.unsqueeze(sin, [1]) }
    : tableRows(emit, { cos, sin }, positions);
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node, shapes } = fused;
  const [x] = node.inputs as [string];
  const width = headWidth(fused)!;
  const rotation: Rotation = {
    width,
    rotated: intAttribute(node, "rotary_embedding_dim", 0) || width,
    interleaved: intAttribute(node, "interleaved", 0) === 1,
  };
  const apart = shapes.rank(x) === 4;
  const heads = apart ? x : splitHeads(emit, x, -1, width);
  const turned = rotate(emit, heads, rowsOf(emit, fused), rotation);
  const [output] = node.outputs as [string];
  if (apart) emit.op("Identity", [turned], {}, output);
  else mergeHeads(emit, turned, -1, output);
};

/** The standard rotary positions of opset 23: tables with positions, or a row for each token. */
export const standardRotaryEmbedding: Lowering = {
  op: "RotaryEmbedding",
  domain: "",
  since: 23,
  refuses,
  lower,
};
