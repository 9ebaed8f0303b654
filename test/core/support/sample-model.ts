import { digestOfText } from "../../../src/core/digest.ts";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";

/**
 * The description of a model with residual width 4, FFN width 6, 50 tokens and 2 blocks, one hook of each kind;
 * `name` also makes its digests, so that two names are two models.
 */
export const sampleModel = async (name = "sample"): Promise<PreparedModel> => ({
  format: 1,
  name,
  architecture: "gpt2",
  dims: { width: 4, ffn: 6, heads: 1, kvHeads: 1, headDim: 4, vocabulary: 50, context: 16 },
  layers: 2,
  io: { inputIds: "ids", attentionMask: null, positionIds: null, logits: "logits", cache: [] },
  specialTokens: { begin: null, end: 0 },
  chatTemplate: null,
  hooks: [
    {
      kind: "low-rank",
      layer: 0,
      site: "up",
      in: 4,
      out: 6,
      inputs: { A: "A", B: "B" },
      tensors: { input: "x", output: "y" },
    },
    {
      kind: "low-rank",
      layer: 0,
      site: "down",
      in: 6,
      out: 4,
      inputs: { A: "A", B: "B" },
      tensors: { input: "x", output: "y" },
    },
    {
      kind: "neurons",
      layer: 0,
      width: 4,
      activation: "relu",
      inputs: { K: "K", b: "b", V: "V" },
      outputs: { state: "x" },
      tensors: { input: "x", output: "y" },
    },
    {
      kind: "codebook",
      layer: 1,
      width: 4,
      inputs: { value: "v", inject: "i" },
      outputs: { query: "q" },
      tensors: { input: "x", output: "y" },
    },
  ],
  digests: {
    graph: await digestOfText(`${name} graph`),
    plain: await digestOfText(`${name} plain graph`),
    weights: await digestOfText(`${name} weights`),
    tokenizer: await digestOfText(`${name} tokenizer`),
  },
});
