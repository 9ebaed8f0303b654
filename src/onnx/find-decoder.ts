import { type Problem, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Graph } from "./graph.ts";
import { GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "./graph-index.ts";
import type { BlockMatch } from "./structure/blocks/block-form.ts";
import { matchBlock } from "./structure/blocks/block-forms.ts";
import { unscaled } from "./structure/branch.ts";
import type {
  DecoderDims,
  DecoderStructure,
  LinearLayer,
  LogitStep,
  Match,
  Norm,
} from "./structure/decoder-structure.ts";
import { type EmbeddingMatch, matchEmbedding } from "./structure/embedding.ts";
import { matchLinear } from "./structure/linear.ts";
import { matchModelInputs } from "./structure/model-inputs.ts";
import { matchNorm } from "./structure/norm.ts";

interface Head {
  readonly logits: string;
  readonly unembedding: LinearLayer;
  readonly logitSteps: readonly LogitStep[];
  readonly finalNorm: Norm;
}

const unsupported = (what: string): { readonly ok: false; readonly problem: Problem } =>
  fail(
    problem(
      "unsupported_graph",
      `Not a decoder of a known form: ${what}. Supported are decoders with softmax attention whose blocks are serial or parallel, such as GPT-2, GPT-NeoX, Llama, Qwen3, Gemma 3 and OLMo 2.`,
    ),
  );

/** The linear layer behind `logits`, and what is done to its output on the way. */
const matchUnembedding = (
  index: GraphIndex,
  logits: string,
  steps: readonly LogitStep[] = [],
): (Pick<Head, "unembedding" | "logitSteps"> & { readonly operand: string }) | undefined => {
  const linear = matchLinear(index, logits);
  if (linear) return { unembedding: linear.layer, operand: linear.operand, logitSteps: steps };
  const scaled = unscaled(index, logits);
  if (scaled) return matchUnembedding(index, scaled.tensor, [{ op: scaled.op, by: scaled.by }, ...steps]);
  const node = index.producer(index.peel(logits, SAME_VALUE));
  return node?.op === "Tanh"
    ? matchUnembedding(index, node.inputs[0]!, [{ op: "Tanh", by: null }, ...steps])
    : undefined;
};

/** The graph output that a final norm and an unembedding lead to. */
const matchHead = (index: GraphIndex): Match<Head> => {
  for (const { name } of index.graph.outputs) {
    const found = matchUnembedding(index, name);
    const finalNorm = found && matchNorm(index, index.peel(found.operand, SAME_ELEMENTS));
    if (finalNorm) return ok({ logits: name, ...found, finalNorm });
  }
  return fail("no graph output is an unembedding of a normed residual stream");
};

/** Blocks from the last to the first, up to the embedding. */
const matchStack = (
  index: GraphIndex,
  head: Head,
): Match<{ readonly embedding: EmbeddingMatch; readonly blocks: BlockMatch[] }> => {
  const blocks: BlockMatch[] = [];
  let stream = index.peel(head.finalNorm.input, SAME_VALUE);
  for (;;) {
    const { out, weight } = head.unembedding;
    const embedding = matchEmbedding(index, stream, out, weight);
    if (embedding.ok)
      return blocks.length > 0
        ? ok({ embedding: embedding.value, blocks: blocks.reverse() })
        : fail("there is no block between the embedding and the final norm");
    const match = matchBlock(index, stream);
    if (!match.ok)
      return fail(
        `block ${blocks.length + 1} from the end, ending in "${stream}", has ${match.problem} (and ${embedding.problem})`,
      );
    blocks.push(match.value);
    stream = match.value.block.input;
  }
};

const dimsOf = (head: Head, embedding: EmbeddingMatch, first: BlockMatch): DecoderDims => ({
  width: head.unembedding.in,
  ffn: first.block.feedForward.down.in,
  heads: first.attention.heads,
  kvHeads: first.attention.kvHeads,
  headDim: first.attention.headDim,
  vocabulary: head.unembedding.out,
  context: embedding.positions?.rows ?? null,
});

/** What differs between blocks that must be alike, as the prepared model describes all of them at once. */
const findIrregularity = (blocks: readonly BlockMatch[], dims: DecoderDims): string | undefined => {
  const irregular = blocks.findIndex(({ attention, block: { feedForward } }) =>
    [
      feedForward.up.in === dims.width,
      feedForward.down.out === dims.width,
      feedForward.down.in === dims.ffn,
      attention.heads === dims.heads,
      attention.kvHeads === dims.kvHeads,
      attention.headDim === dims.headDim,
    ].includes(false),
  );
  return irregular < 0 ? undefined : `block ${irregular} differs in its dimensions from block 0`;
};

/**
 * Finds the structure of a decoder by the pattern of its operations; names play no part. Knows the graphs
 * of `torch.onnx.export` (both exporters) and of this project's own builder, with and without a key-value cache.
 * Fails with `unsupported_graph`, which says what pattern was not found where.
 */
export const findDecoder = (graph: Graph): Result<DecoderStructure> => {
  const index = new GraphIndex(graph);
  const head = matchHead(index);
  if (!head.ok) return unsupported(head.problem);
  const stack = matchStack(index, head.value);
  if (!stack.ok) return unsupported(stack.problem);
  const { embedding, blocks } = stack.value;
  const dims = dimsOf(head.value, embedding, blocks[0]!);
  const irregularity = findIrregularity(blocks, dims);
  if (irregularity) return unsupported(irregularity);
  const { logits, unembedding, logitSteps, finalNorm } = head.value;
  return ok({
    dims,
    blocks: blocks.map(({ block }) => block),
    embedding: embedding.table,
    positions: embedding.positions?.table ?? null,
    finalNorm,
    unembedding,
    logitSteps,
    embeddingScale: embedding.scale,
    tied: unembedding.weight === embedding.table,
    io: {
      inputIds: embedding.inputIds,
      logits,
      ...matchModelInputs(index, embedding, blocks[0]!.attention),
    },
  });
};
