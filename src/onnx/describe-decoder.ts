import type { DecoderStructure, LinearLayer } from "./structure/decoder-structure.ts";

const describeLinear = (linear: LinearLayer | null) =>
  linear && {
    weight: linear.weight,
    orientation: linear.orientation,
    in: linear.in,
    out: linear.out,
    bias: linear.bias,
  };

/** One line that names a decoder's parts, such as "layer norm, learned positions, gelu-tanh FFN". */
export const describeArchitecture = ({ blocks, finalNorm, positions }: DecoderStructure): string => {
  const { activation, gate } = blocks[0]!.feedForward;
  const norm = finalNorm.kind === "layer" ? "layer norm" : "RMS norm";
  return `${norm}, ${positions ? "learned" : "computed"} positions, ${gate ? "gated " : ""}${activation} FFN`;
};

/** What `model inspect` shows of a graph: plain data, ready to print or to serialise. */
export const describeDecoder = (structure: DecoderStructure) => ({
  architecture: describeArchitecture(structure),
  dims: structure.dims,
  layers: structure.blocks.length,
  io: structure.io,
  embedding: structure.embedding,
  positions: structure.positions,
  unembedding: describeLinear(structure.unembedding)!,
  tied: structure.tied,
  finalNorm: structure.finalNorm.output,
  blocks: structure.blocks.map(({ input, output, attention, feedForward, cache }, layer) => ({
    layer,
    input,
    attentionOutput: attention.output,
    ffnInput: feedForward.input,
    up: describeLinear(feedForward.up)!,
    gate: describeLinear(feedForward.gate),
    down: describeLinear(feedForward.down)!,
    activation: feedForward.activation,
    ffnOutput: feedForward.output,
    output,
    cache,
  })),
});

/** A decoder's structure as plain data. */
export type DecoderDescription = ReturnType<typeof describeDecoder>;
