import type { Node } from "../graph.ts";
import { biasGelu } from "./activation/bias-gelu.ts";
import { fastGelu } from "./activation/fast-gelu.ts";
import { gelu } from "./activation/gelu.ts";
import { quickGelu } from "./activation/quick-gelu.ts";
import { attention } from "./attention/attention.ts";
import { groupQueryAttention } from "./attention/group-query-attention.ts";
import { multiHeadAttention } from "./attention/multi-head-attention.ts";
import { quantizedAttention } from "./attention/quantized-attention.ts";
import { rotaryEmbedding } from "./attention/rotary-embedding.ts";
import { standardAttention } from "./attention/standard-attention.ts";
import { standardRotaryEmbedding } from "./attention/standard-rotary-embedding.ts";
import { tensorScatter } from "./attention/tensor-scatter.ts";
import { fusedMatMul } from "./fused-matmul.ts";
import type { Lowering } from "./lowering.ts";
import { embedLayerNormalization } from "./normalization/embed-layer-normalization.ts";
import { rmsNormalization } from "./normalization/rms-normalization.ts";
import { simplifiedLayerNormalization } from "./normalization/simplified-layer-normalization.ts";
import { skipLayerNormalization } from "./normalization/skip-layer-normalization.ts";
import { skipSimplifiedLayerNormalization } from "./normalization/skip-simplified-layer-normalization.ts";
import { dequantizeLinear } from "./quantization/dequantize-linear.ts";
import { dynamicQuantizeLinear } from "./quantization/dynamic-quantize-linear.ts";
import { dynamicQuantizeMatMul } from "./quantization/dynamic-quantize-matmul.ts";
import { gatherBlockQuantized } from "./quantization/gather-block-quantized.ts";
import { matMulInteger } from "./quantization/matmul-integer.ts";
import { matMulIntegerToFloat } from "./quantization/matmul-integer-to-float.ts";
import { matMulNBits } from "./quantization/matmul-nbits.ts";
import { quantizeLinear } from "./quantization/quantize-linear.ts";

/** Every operator that is lowered. */
export const LOWERINGS: readonly Lowering[] = [
  attention,
  biasGelu,
  dequantizeLinear,
  dynamicQuantizeLinear,
  dynamicQuantizeMatMul,
  embedLayerNormalization,
  fastGelu,
  fusedMatMul,
  gatherBlockQuantized,
  gelu,
  groupQueryAttention,
  matMulInteger,
  matMulIntegerToFloat,
  matMulNBits,
  multiHeadAttention,
  quantizedAttention,
  quantizeLinear,
  quickGelu,
  rmsNormalization,
  rotaryEmbedding,
  simplifiedLayerNormalization,
  skipLayerNormalization,
  skipSimplifiedLayerNormalization,
  standardAttention,
  standardRotaryEmbedding,
  tensorScatter,
];

const TABLE = new Map(LOWERINGS.map((lowering) => [`${lowering.domain}:${lowering.op}`, lowering]));

/** How `node` is written in standard operators; undefined where it is one already, or unknown. */
export const loweringOf = ({ domain, op }: Pick<Node, "domain" | "op">): Lowering | undefined =>
  TABLE.get(`${domain}:${op}`);
