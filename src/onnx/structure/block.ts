import { fail, ok } from "../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../graph-index.ts";
import { type AttentionMatch, matchAttention } from "./attention.ts";
import type { Block, Match, Norm } from "./decoder-structure.ts";
import { matchFeedForward } from "./feed-forward.ts";

/** A block, and what of its attention the whole decoder's structure needs. */
export interface BlockMatch {
  readonly block: Block;
  readonly attention: AttentionMatch;
}

interface ResidualSum<Branch> {
  /** The residual stream before the sum. */
  readonly stream: string;
  readonly branch: Branch;
}

/** Splits the residual sum at `tensor` into the stream and the branch whose norm reads that same stream. */
const matchResidualSum = <Branch extends { readonly norm: Norm }>(
  index: GraphIndex,
  tensor: string,
  matchBranch: (operand: string) => Match<Branch>,
): Match<ResidualSum<Branch>> => {
  const node = index.producer(index.peel(tensor, SAME_ELEMENTS));
  if (node?.op !== "Add") return fail(`"${tensor}" is not a residual sum`);
  const reasons: string[] = [];
  for (const [skip, operand] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
    const stream = index.peel(skip, SAME_VALUE);
    const branch = matchBranch(operand);
    if (branch.ok && branch.value.norm.input === stream) return ok({ stream, branch: branch.value });
    reasons.push(
      branch.ok
        ? `the norm in front of "${operand}" reads "${branch.value.norm.input}", not "${stream}"`
        : branch.problem,
    );
  }
  return fail(reasons.join("; nor the other way round: "));
};

/** The pre-norm block that writes `output`: attention, then FFN, each added to the stream that its norm reads. */
export const matchBlock = (index: GraphIndex, output: string): Match<BlockMatch> => {
  const second = matchResidualSum(index, output, (operand) => matchFeedForward(index, operand));
  if (!second.ok) return fail(`no feed-forward network: ${second.problem}`);
  const first = matchResidualSum(index, second.value.stream, (operand) => matchAttention(index, operand));
  if (!first.ok) return fail(`no attention: ${first.problem}`);
  const { stream: input, branch: attention } = first.value;
  const { norm: feedForwardNorm, feedForward } = second.value.branch;
  return ok({
    attention,
    block: {
      input,
      attention: { norm: attention.norm, output: attention.output, residual: second.value.stream },
      feedForwardNorm,
      feedForward,
      output,
      cache: attention.cache,
    },
  });
};
