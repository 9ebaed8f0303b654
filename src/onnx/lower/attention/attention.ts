import { floatAttribute, intAttribute, intsAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { causalMask, runLengths } from "./causal-mask.ts";
import { paddingMask } from "./padding-mask.ts";
import { mergeHeads, scaledDotProduct, splitHeads } from "./scaled-dot-product.ts";

/** An attention with its projections inside, however its operator orders the inputs. */
export interface ProjectedAttention {
  /** [B, S, in] */ readonly input: string;
  /** [in, q + k + v] */ readonly weight: string;
  /** q + k + v: the weight's columns, where the graph tells them. */
  readonly columns: number | undefined;
  /** [q + k + v] */ readonly bias: string | undefined;
  readonly mask: string | undefined;
  /** [2, B, heads, P, d] */ readonly past: string | undefined;
  readonly attentionBias: string | undefined;
}

/** Widths of queries, keys and values over all heads. */
const hiddenSizes = ({ node }: FusedNode, columns: number | undefined): readonly number[] | undefined => {
  const third = columns === undefined ? undefined : columns / 3;
  return intsAttribute(node, "qkv_hidden_sizes") ?? (third === undefined ? undefined : [third, third, third]);
};

/** What neither form of the operator is lowered with. */
export const refusesProjected = (fused: FusedNode, columns: number | undefined): Refusal | undefined => {
  const { node } = fused;
  if (intAttribute(node, "do_rotary", 0) !== 0)
    return { what: "rotary positions inside", instead: "export with GroupQueryAttention, or unfused" };
  if (intAttribute(node, "past_present_share_buffer", 0) !== 0)
    return {
      what: "a past that shares its buffer with the present",
      instead: "export without past_present_share_buffer",
    };
  return hiddenSizes(fused, columns) === undefined
    ? { what: "projections of a size that the graph does not tell", instead: "export with weights inside" }
    : undefined;
};

/** Appends keys and values to a stacked cache, and stacks them again for the next run. */
const withPast = (
  emit: LoweringEmitter,
  past: string | undefined,
  fresh: readonly [string, string],
  present: string | undefined,
): [string, string] => {
  const whole = fresh.map((tensor, place) =>
    past === undefined
      ? tensor
      : emit.concat([emit.op("Gather", [past, emit.int(place)], { axis: 0 }), tensor], 2),
  ) as [string, string];
  if (present !== undefined)
    emit.concat(
      whole.map((tensor) => emit.unsqueeze(tensor, [0])),
      0,
      present,
    );
  return whole;
};

/** Emits projections, attention over heads, and the stacked cache. */
export const lowerProjected = (
  fused: FusedNode,
  emit: LoweringEmitter,
  { input, weight, columns, bias, mask, past, attentionBias }: ProjectedAttention,
): void => {
  const { node, shapes } = fused;
  const heads = intAttribute(node, "num_heads", 1);
  const sizes = hiddenSizes(fused, columns)!;
  const [widthOfKey, widthOfValue] = [sizes[1]! / heads, sizes[2]! / heads];
  const product = emit.op("MatMul", [input, weight]);
  const projected = bias === undefined ? product : emit.add(product, bias);
  const [query, newKey, newValue] = emit
    .split(projected, sizes, -1)
    .map((part, place) => splitHeads(emit, part, heads, sizes[place]! / heads)) as [string, string, string];
  const [key, value] = withPast(emit, past, [newKey, newValue], outputAt(node, 1));
  const lengths = runLengths(emit, emit.size(query, 2), past === undefined ? undefined : emit.size(past, 3));
  const scale = floatAttribute(node, "scale", 0);
  const mixed = scaledDotProduct(
    emit,
    {
      query,
      key,
      value,
      heads,
      kvHeads: heads,
      scale: scale === 0 ? widthOfKey ** -0.5 : scale,
      softcap: 0,
      biases: attentionBias === undefined ? [] : [attentionBias],
      allowed: [
        ...(mask === undefined ? [] : [paddingMask(emit, shapes, mask, lengths)]),
        ...(intAttribute(node, "unidirectional", 0) === 1 ? [causalMask(emit, lengths)] : []),
      ],
    },
    { key: widthOfKey, value: widthOfValue },
  );
  mergeHeads(emit, mixed, sizes[2]!, node.outputs[0]!);
};

const columnsOf = ({ node, shapes }: FusedNode): number | undefined => shapes.width(node.inputs[1]!);

const partsOf = (fused: FusedNode): ProjectedAttention => ({
  input: fused.node.inputs[0]!,
  weight: fused.node.inputs[1]!,
  columns: columnsOf(fused),
  bias: inputAt(fused.node, 2),
  mask: inputAt(fused.node, 3),
  past: inputAt(fused.node, 4),
  attentionBias: inputAt(fused.node, 5),
});

/** On the CPU onnxruntime 1.30.0 reads the absent bias and takes the process down. */
const WITHOUT_BIAS: Refusal = {
  what: "projections without a bias, which onnxruntime does not run",
  instead: "export without optimisation",
};

/**
 * Attention with its packed projections inside and a stacked cache [2, B, heads, P, d], as onnxruntime's optimiser
 * writes GPT-2.
 */
export const attention: Lowering = {
  op: "Attention",
  domain: "com.microsoft",
  since: 1,
  refuses: (fused) =>
    inputAt(fused.node, 2) === undefined ? WITHOUT_BIAS : refusesProjected(fused, columnsOf(fused)),
  lower: (fused, emit) => lowerProjected(fused, emit, partsOf(fused)),
};
