import { elementTypeOf } from "../../infer/element-type.ts";
import { floatAttribute, intAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { appendCache } from "./append-cache.ts";
import { lengthMask, type RunLengths } from "./causal-mask.ts";
import { mergeHeads, scaledDotProduct, splitHeads } from "./scaled-dot-product.ts";

/** Places of the inputs. */
const INPUT = { query: 0, key: 1, value: 2, mask: 3, pastKey: 4, pastValue: 5, lengths: 6 } as const;

interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly key: number;
  readonly value: number;
  /** Whether the heads are an axis of their own, [B, heads, S, d]. */
  readonly apart: boolean;
}

const headsOf = ({ node, shapes }: FusedNode): Heads | undefined => {
  const [query, key, value] = node.inputs.slice(0, 3).map((input) => shapes.of(input));
  if (!query || !key || !value) return undefined;
  const apart = query.length === 4;
  const heads = apart ? query[1] : intAttribute(node, "q_num_heads", 0);
  const kvHeads = apart ? key[1] : intAttribute(node, "kv_num_heads", 0);
  const [keyWidth, valueWidth] = [key.at(-1), value.at(-1)];
  if (!heads || !kvHeads || keyWidth === undefined || valueWidth === undefined) return undefined;
  const share = apart ? 1 : kvHeads;
  return { heads, kvHeads, key: keyWidth / share, value: valueWidth / share, apart };
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  if (outputAt(fused.node, 3) !== undefined)
    return { what: "its scores as an output", instead: "export without output_attentions" };
  return headsOf(fused) === undefined
    ? { what: "heads whose number or size the graph does not tell", instead: "export with static head sizes" }
    : undefined;
};

/** Tokens before the first query of each sequence: in the cache, or before it in a scattered one; broadcast to [B, 1, S, T]. */
const offsetOf = (emit: LoweringEmitter, { node }: FusedNode, given: string): string => {
  const [pastKey, lengths] = [inputAt(node, INPUT.pastKey), inputAt(node, INPUT.lengths)];
  if (pastKey !== undefined) return emit.size(pastKey, 2);
  return lengths === undefined ? emit.int(0) : emit.op("Sub", [emit.reshape(lengths, [-1, 1, 1, 1]), given]);
};

/** Bool tensors for causality and windows, from the places of queries [.., S, 1] and keys [T]. */
const positionMasks = (emit: LoweringEmitter, fused: FusedNode, { given, total }: RunLengths): string[] => {
  const { node } = fused;
  const [left, right] = [
    intAttribute(node, "left_window_size", -1),
    intAttribute(node, "right_window_size", -1),
  ];
  const causal = intAttribute(node, "is_causal", 0) === 1;
  if (!causal && left < 0 && right < 0) return [];
  const rows = emit.unsqueeze(emit.range(emit.int(0), given), [1]);
  const queries = emit.add(rows, offsetOf(emit, fused, given));
  const keys = emit.range(emit.int(0), total);
  const after = (shift: number) => emit.op("LessOrEqual", [keys, emit.add(queries, emit.int(shift))]);
  return [
    ...(causal ? [after(0)] : []),
    ...(right >= 0 ? [after(right)] : []),
    ...(left >= 0 ? [emit.op("GreaterOrEqual", [keys, emit.op("Sub", [queries, emit.int(left)])])] : []),
  ];
};

/** The mask given, as a bias or as a bool tensor by its type. */
const maskParts = ({ node, index }: FusedNode) => {
  const mask = inputAt(node, INPUT.mask);
  if (mask === undefined) return { biases: [], allowed: [] };
  return elementTypeOf(index, mask) === "bool"
    ? { biases: [], allowed: [mask] }
    : { biases: [mask], allowed: [] };
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node } = fused;
  const { heads, kvHeads, key: keyWidth, value: valueWidth, apart } = headsOf(fused)!;
  const headed = (place: number, count: number, width: number) =>
    apart ? node.inputs[place]! : splitHeads(emit, node.inputs[place]!, count, width);
  const query = headed(INPUT.query, heads, keyWidth);
  const fresh = [headed(INPUT.key, kvHeads, keyWidth), headed(INPUT.value, kvHeads, valueWidth)] as const;
  const key = appendCache(emit, inputAt(node, INPUT.pastKey), fresh[0], outputAt(node, 1));
  const value = appendCache(emit, inputAt(node, INPUT.pastValue), fresh[1], outputAt(node, 2));
  const [given, total] = [emit.size(query, 2), emit.size(key, 2)];
  const lengths: RunLengths = { past: emit.op("Sub", [total, given]), given, total };
  const ends = inputAt(node, INPUT.lengths);
  const { biases, allowed } = maskParts(fused);
  const scale = floatAttribute(node, "scale", 0);
  const mixed = scaledDotProduct(
    emit,
    {
      query,
      key,
      value,
      heads,
      kvHeads,
      scale: scale === 0 ? keyWidth ** -0.5 : scale,
      softcap: floatAttribute(node, "softcap", 0),
      biases,
      allowed: [
        ...allowed,
        ...(ends === undefined ? [] : [lengthMask(emit, lengths, ends)]),
        ...positionMasks(emit, fused, lengths),
      ],
    },
    { key: keyWidth, value: valueWidth },
  );
  const [output] = node.outputs as [string];
  if (apart) emit.op("Identity", [mixed], {}, output);
  else mergeHeads(emit, mixed, heads * valueWidth, output);
};

/**
 * The standard attention of opsets 23 and later, its heads apart or not, with a cache inside or scattered outside
 * (whose valid lengths opset 24 gives), and the windows of opset 25.
 */
export const standardAttention: Lowering = { op: "Attention", domain: "", since: 23, refuses, lower };
