import type { Node } from "../../graph.ts";
import { floatAttribute, intAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { appendCache } from "./append-cache.ts";
import { causalMask, lengthMask, type RunLengths, runLengths, windowMask } from "./causal-mask.ts";
import { rotate, tableRows } from "./rotate.ts";
import { mergeHeads, scaledDotProduct, splitHeads } from "./scaled-dot-product.ts";

/** Places of the inputs. */
const INPUT = {
  query: 0,
  key: 1,
  value: 2,
  pastKey: 3,
  pastValue: 4,
  lengths: 5,
  cos: 7,
  sin: 8,
  positions: 9,
  bias: 10,
  sink: 11,
} as const;

/** Inputs that only accelerators read. */
const ACCELERATOR_INPUTS: readonly (readonly [number, string])[] = [
  [12, "a quantised cache"],
  [14, "norms of queries and keys inside"],
  [16, "padded query chunks"],
];

const headCounts = (node: Node) => ({
  heads: intAttribute(node, "num_heads", 1),
  kvHeads: intAttribute(node, "kv_num_heads", 1),
});

/** How wide a head is: from the cache, the tables, or the width of the projection. */
const headWidth = ({ node, shapes }: FusedNode): number | undefined => {
  const { heads, kvHeads } = headCounts(node);
  const past = inputAt(node, INPUT.pastKey);
  const cached = past === undefined ? undefined : shapes.width(past);
  if (cached !== undefined) return cached;
  const projected = shapes.width(node.inputs[INPUT.query]!);
  const packed = inputAt(node, INPUT.key) === undefined;
  return projected && projected / (packed ? heads + 2 * kvHeads : heads);
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  const { node } = fused;
  for (const [place, what] of ACCELERATOR_INPUTS)
    if (inputAt(node, place) !== undefined) return { what, instead: "export for the CPU execution provider" };
  if (intAttribute(node, "sliding_window_cache", 0) !== 0)
    return { what: "a cache that drops old tokens", instead: "export with a cache of the whole sequence" };
  if (outputAt(node, 3) !== undefined)
    return { what: "its scores as an output", instead: "export without qk_output" };
  return headWidth(fused) === undefined
    ? { what: "heads of a size that the graph does not tell", instead: "export with static head sizes" }
    : undefined;
};

/** Queries, keys and values, their heads apart. */
const projections = (emit: LoweringEmitter, node: Node, width: number): [string, string, string] => {
  const { heads, kvHeads } = headCounts(node);
  const counts = [heads, kvHeads, kvHeads];
  const [query, key] = [node.inputs[INPUT.query]!, inputAt(node, INPUT.key)];
  const parts = key
    ? [query, key, node.inputs[INPUT.value]!]
    : emit.split(
        query,
        counts.map((count) => count * width),
        -1,
      );
  return parts.map((part, at) => splitHeads(emit, part, counts[at]!, width)) as [string, string, string];
};

const rotated = (
  emit: LoweringEmitter,
  { node, shapes }: FusedNode,
  tensors: readonly [string, string],
  { past, total }: RunLengths,
  width: number,
): [string, string] => {
  if (intAttribute(node, "do_rotary", 0) === 0) return [...tensors];
  const [cos, sin] = [node.inputs[INPUT.cos]!, node.inputs[INPUT.sin]!];
  const positions = inputAt(node, INPUT.positions) ?? emit.unsqueeze(emit.range(past, total), [0]);
  const rows = tableRows(emit, { cos, sin }, positions);
  const half = shapes.width(cos);
  const rotation = {
    width,
    rotated: half === undefined ? width : 2 * half,
    interleaved: intAttribute(node, "rotary_interleaved", 0) === 1,
  };
  return [rotate(emit, tensors[0], rows, rotation), rotate(emit, tensors[1], rows, rotation)];
};

/** Which keys a query sees, as bool tensors that must all hold. */
const allowedKeys = (emit: LoweringEmitter, node: Node, lengths: RunLengths): string[] => {
  const ends = emit.add(emit.cast(node.inputs[INPUT.lengths]!, 7), emit.int(1));
  const allowed = [lengthMask(emit, lengths, ends)];
  const window = intAttribute(node, "local_window_size", -1);
  if (intAttribute(node, "causal", 1) === 1) allowed.push(causalMask(emit, lengths));
  if (window > 0) allowed.push(windowMask(emit, lengths, window));
  return allowed;
};

const sinkOf = (emit: LoweringEmitter, node: Node): string | undefined => {
  const { heads } = headCounts(node);
  const given = inputAt(node, INPUT.sink);
  if (given !== undefined) return given;
  return intAttribute(node, "smooth_softmax", 0) === 1
    ? emit.floats(new Array<number>(heads).fill(0), [heads])
    : undefined;
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node } = fused;
  const width = headWidth(fused)!;
  const [pastKey, pastValue] = [inputAt(node, INPUT.pastKey), inputAt(node, INPUT.pastValue)];
  const [query, newKey, newValue] = projections(emit, node, width);
  const past = pastKey === undefined ? undefined : emit.size(pastKey, 2);
  const lengths = runLengths(emit, emit.size(query, 2), past);
  const [turnedQuery, turnedKey] = rotated(emit, fused, [query, newKey], lengths, width);
  const { heads, kvHeads } = headCounts(node);
  const bias = inputAt(node, INPUT.bias);
  const scale = floatAttribute(node, "scale", 0);
  const mixed = scaledDotProduct(
    emit,
    {
      query: turnedQuery,
      key: appendCache(emit, pastKey, turnedKey, outputAt(node, 1)),
      value: appendCache(emit, pastValue, newValue, outputAt(node, 2)),
      heads,
      kvHeads,
      scale: scale === 0 ? width ** -0.5 : scale,
      softcap: floatAttribute(node, "softcap", 0),
      biases: bias === undefined ? [] : [bias],
      allowed: allowedKeys(emit, node, lengths),
      sink: sinkOf(emit, node),
    },
    { key: width, value: width },
  );
  mergeHeads(emit, mixed, heads * width, node.outputs[0]!);
};

/**
 * Grouped-query attention as onnxruntime-genai's builder and newer exports write it: queries, keys and values packed
 * or apart, rotary positions inside or outside, a causal mask with an optional window, and the sequences' lengths.
 * Every sequence of a run begins with its cache: sequences of different lengths are padded at their end.
 */
export const groupQueryAttention: Lowering = {
  op: "GroupQueryAttention",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower,
};
