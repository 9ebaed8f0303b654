import { floatAttribute, intAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { appendCache } from "./append-cache.ts";
import { causalMask, runLengths } from "./causal-mask.ts";
import { paddingMask } from "./padding-mask.ts";
import { mergeHeads, scaledDotProduct, splitHeads } from "./scaled-dot-product.ts";

/** Places of the inputs. */
const INPUT = {
  query: 0,
  key: 1,
  value: 2,
  bias: 3,
  paddingMask: 4,
  attentionBias: 5,
  pastKey: 6,
  pastValue: 7,
  sharedPast: 8,
  beams: 9,
} as const;

interface Widths {
  readonly key: number;
  readonly value: number;
}

/** How wide a head of keys and one of values is. */
const headWidths = ({ node, shapes }: FusedNode): Widths | undefined => {
  const heads = intAttribute(node, "num_heads", 1);
  const [queries, values] = [
    shapes.width(node.inputs[INPUT.query]!),
    shapes.width(node.inputs[INPUT.value]!),
  ];
  if (queries === undefined) return undefined;
  const key = queries / heads;
  if (values === undefined) return { key, value: key };
  return { key, value: shapes.rank(node.inputs[INPUT.value]!) === 4 ? values : values / heads };
};

const refuses = (fused: FusedNode): Refusal | undefined => {
  const { node } = fused;
  if (inputAt(node, INPUT.key) === undefined || inputAt(node, INPUT.value) === undefined)
    return {
      what: "packed queries, keys and values",
      instead: "export for the CPU execution provider, with them apart",
    };
  if (inputAt(node, INPUT.sharedPast) !== undefined || inputAt(node, INPUT.beams) !== undefined)
    return {
      what: "a past that shares its buffer with the present",
      instead: "export without past_present_share_buffer and without beam search",
    };
  if (outputAt(node, 3) !== undefined)
    return { what: "its scores as an output", instead: "export without output_attentions" };
  return headWidths(fused) === undefined
    ? { what: "heads of a size that the graph does not tell", instead: "export with static head sizes" }
    : undefined;
};

/** Queries, keys and values [B, heads, L, d], the projections' bias added. */
const projections = (emit: LoweringEmitter, { node, shapes }: FusedNode, widths: Widths): string[] => {
  const heads = intAttribute(node, "num_heads", 1);
  const [query, key, value] = node.inputs as [string, string, string];
  const bias = inputAt(node, INPUT.bias);
  const sizes = [widths.key * heads, widths.key * heads, widths.value * heads];
  const biases = bias === undefined ? [] : emit.split(bias, sizes, 0);
  const headed = (tensor: string, place: number) => {
    const biased = biases[place] ? emit.add(tensor, biases[place]) : tensor;
    return splitHeads(emit, biased, heads, place === 2 ? widths.value : widths.key);
  };
  const apart = (tensor: string, place: number) =>
    shapes.rank(tensor) === 4 ? tensor : headed(tensor, place);
  return [headed(query, 0), apart(key, 1), apart(value, 2)];
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node, shapes } = fused;
  const heads = intAttribute(node, "num_heads", 1);
  const widths = headWidths(fused)!;
  const [query, newKey, newValue] = projections(emit, fused, widths) as [string, string, string];
  const key = appendCache(emit, inputAt(node, INPUT.pastKey), newKey, outputAt(node, 1));
  const value = appendCache(emit, inputAt(node, INPUT.pastValue), newValue, outputAt(node, 2));
  const given = emit.size(query, 2);
  const total = emit.size(key, 2);
  const lengths = { ...runLengths(emit, given, undefined), past: emit.op("Sub", [total, given]), total };
  const mask = inputAt(node, INPUT.paddingMask);
  const bias = inputAt(node, INPUT.attentionBias);
  const scale = floatAttribute(node, "scale", 0);
  const mixed = scaledDotProduct(
    emit,
    {
      query,
      key,
      value,
      heads,
      kvHeads: heads,
      scale: scale === 0 ? widths.key ** -0.5 : scale,
      softcap: 0,
      biases: bias === undefined ? [] : [bias],
      allowed: [
        ...(mask === undefined ? [] : [paddingMask(emit, shapes, mask, lengths)]),
        ...(intAttribute(node, "unidirectional", 0) === 1 ? [causalMask(emit, lengths)] : []),
      ],
    },
    widths,
  );
  mergeHeads(emit, mixed, heads * widths.value, node.outputs[0]!);
};

/**
 * Attention over heads, projections outside: as onnxruntime's optimiser and older onnxruntime-genai builders write
 * it. Queries, keys and values come apart, with or without the projections' bias, a mask of keys, a bias of
 * the scores and a cache.
 */
export const multiHeadAttention: Lowering = {
  op: "MultiHeadAttention",
  domain: "com.microsoft",
  since: 1,
  refuses,
  lower,
};
