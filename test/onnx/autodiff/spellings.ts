import type { TinyDecoderOptions } from "../support/tiny-decoder.ts";

/** Spellings that the runtime can compute in float64; Erf and Gelu, which it cannot, have tests of their own. */
export const SPELLINGS: readonly (Partial<TinyDecoderOptions> & { readonly title: string })[] = [
  { title: "GPT-2 style, packed and tied", activation: "gelu-tanh-decomposed" },
  {
    title: "Llama style, gated and untied",
    norm: "rms",
    activation: "silu",
    gated: true,
    projections: "separate",
    tied: false,
  },
  {
    title: "transposed weights in Gemm, norms spelt out, no cache",
    norm: "layer-decomposed",
    activation: "relu",
    linear: "gemm",
    cached: false,
  },
  { title: "parallel, a norm for each branch", form: "parallel", activation: "gelu-tanh-decomposed" },
  { title: "parallel, one norm", form: "parallel-one-norm", activation: "relu", norm: "layer-decomposed" },
  {
    title: "Gemma style, norms on both sides",
    form: "sandwich",
    norm: "rms",
    activation: "gelu-tanh-decomposed",
    gated: true,
    projections: "separate",
  },
  { title: "multipliers and capped logits", scaled: true, activation: "relu" },
  { title: "OLMo 2 style, norms behind", form: "post-norm", norm: "rms", activation: "silu", gated: true },
  { title: "norms by division", norm: "rms-division", activation: "gelu-tanh-decomposed", linear: "gemm" },
];
