import { type FusedNode, inputAt, type Lowering } from "../lowering.ts";
import { constantAt } from "../quantization/constant-input.ts";
import { integerWeight, refusesIntegerProduct } from "../quantization/integer-product.ts";
import { lowerProjected, refusesProjected } from "./attention.ts";

/** Places of the quantised projections; their bias is added inside. */
const WEIGHT = { weight: 1, scale: 4, zeroPoint: 7, bias: 2 } as const;

const columnsOf = (fused: FusedNode): number | undefined => constantAt(fused, WEIGHT.weight)?.shape.at(-1);

/** Attention with its packed projections quantised, as dynamic quantisation makes it of Attention. */
export const quantizedAttention: Lowering = {
  op: "QAttention",
  domain: "com.microsoft",
  since: 1,
  refuses: (fused) => refusesIntegerProduct(fused, WEIGHT, true) ?? refusesProjected(fused, columnsOf(fused)),
  lower: (fused, emit) => {
    const { node } = fused;
    lowerProjected(fused, emit, {
      input: node.inputs[0]!,
      weight: emit.constant(integerWeight(fused, WEIGHT), "weight"),
      columns: columnsOf(fused),
      bias: inputAt(node, WEIGHT.bias),
      mask: inputAt(node, 5),
      past: inputAt(node, 8),
      attentionBias: undefined,
    });
  },
};
