import type { LoweringEmitter } from "../lowering-emitter.ts";

/** What is added to, or put in place of, the score of a key that a query may not look at. */
const FORBIDDEN = -3e38;

/** Attention over heads that are apart already. */
export interface HeadedAttention {
  /** [B, heads, S, d] */ readonly query: string;
  /** [B, kvHeads, T, d] */ readonly key: string;
  /** [B, kvHeads, T, e] */ readonly value: string;
  readonly heads: number;
  readonly kvHeads: number;
  /** What the product of query and key is multiplied with: a number, or undefined for 1/√d with d unknown. */
  readonly scale: number | undefined;
  /** c·tanh(score / c) limits the scores; 0 does not. */
  readonly softcap: number;
  /** Added to the scores, [.., S, T] or what broadcasts to it. */
  readonly biases: readonly string[];
  /** Bool tensors, each of which must hold for a query to see a key; [.., S, T] or what broadcasts to it. */
  readonly allowed: readonly string[];
  /** [heads]: a score for each head that takes part in the softmax and has no value. */
  readonly sink?: string | undefined;
}

/** Repeats each of `kvHeads` heads [B, kvHeads, T, d] for the queries of its group. */
const repeatHeads = (
  emit: LoweringEmitter,
  tensor: string,
  kvHeads: number,
  heads: number,
  width: number,
) => {
  if (kvHeads === heads) return tensor;
  const grouped = emit.unsqueeze(tensor, [2]);
  const repeated = emit.op("Expand", [grouped, emit.ints([1, 1, heads / kvHeads, 1, 1])]);
  return emit.reshape(repeated, [0, heads, -1, width]);
};

const scaled = (emit: LoweringEmitter, scores: string, query: string, scale: number | undefined): string => {
  if (scale !== undefined) return emit.scale(scores, scale);
  const width = emit.cast(emit.size(query, 3), 1);
  return emit.op("Div", [scores, emit.op("Sqrt", [width])]);
};

const capped = (emit: LoweringEmitter, scores: string, softcap: number): string =>
  softcap === 0 ? scores : emit.scale(emit.op("Tanh", [emit.scale(scores, 1 / softcap)]), softcap);

/** The softmax over keys and, beside them, a sink that takes its share. */
const softmaxWithSink = (
  emit: LoweringEmitter,
  scores: string,
  { sink, heads }: Pick<HeadedAttention, "sink" | "heads">,
): string => {
  if (sink === undefined) return emit.op("Softmax", [scores], { axis: -1 });
  const keys = emit.op("Shape", [scores]);
  const column = emit.concat([emit.slice(keys, 0, 0, 3), emit.ints([1])], 0);
  const sinks = emit.op("Expand", [emit.reshape(sink, [1, heads, 1, 1]), column]);
  const shares = emit.op("Softmax", [emit.concat([scores, sinks], -1)], { axis: -1 });
  return emit.slice(shares, -1, 0, -1);
};

/**
 * softmax(cap(scale · q kᵀ) + biases) v where allowed, each group of queries with its keys and values. Returns
 * [B, heads, S, e].
 *
 * @param widths the sizes d and e of a key's and a value's head
 */
export const scaledDotProduct = (
  emit: LoweringEmitter,
  attention: HeadedAttention,
  widths: { readonly key: number; readonly value: number },
): string => {
  const { query, heads, kvHeads, scale, softcap, biases, allowed } = attention;
  const key = repeatHeads(emit, attention.key, kvHeads, heads, widths.key);
  const value = repeatHeads(emit, attention.value, kvHeads, heads, widths.value);
  const products = emit.op("MatMul", [query, emit.transpose(key, [0, 1, 3, 2])]);
  const limited = capped(emit, scaled(emit, products, query, scale), softcap);
  const biased = biases.reduce((scores, bias) => emit.add(scores, bias), limited);
  const seen = allowed.length > 0 ? allowed.reduce((a, b) => emit.op("And", [a, b])) : undefined;
  const masked = seen ? emit.op("Where", [seen, biased, emit.floats([FORBIDDEN])]) : biased;
  return emit.op("MatMul", [softmaxWithSink(emit, masked, attention), value]);
};

/** [B, S, heads · d] as [B, heads, S, d]. */
export const splitHeads = (emit: LoweringEmitter, tensor: string, heads: number, width: number): string =>
  emit.transpose(emit.reshape(tensor, [0, 0, heads, width]), [0, 2, 1, 3]);

/** [B, heads, S, d] as [B, S, heads · d]. */
export const mergeHeads = (emit: LoweringEmitter, tensor: string, width: number, output?: string): string =>
  emit.reshape(emit.transpose(tensor, [0, 2, 1, 3]), [0, 0, width], output);
