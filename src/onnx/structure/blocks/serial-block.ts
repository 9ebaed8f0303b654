import { fail, ok } from "../../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../../graph-index.ts";
import { matchAttention } from "../attention.ts";
import type { BranchInput } from "../branch.ts";
import type { Match } from "../decoder-structure.ts";
import { matchFeedForward } from "../feed-forward.ts";
import { type BlockForm, type BlockMatch, blockOf } from "./block-form.ts";

interface ResidualSum<Branch> {
  /** The residual stream before the sum. */
  readonly stream: string;
  readonly branch: Branch;
}

/** Splits the residual sum at `tensor` into the stream and the branch that reads that same stream. */
const matchResidualSum = <Branch extends { readonly reads: BranchInput }>(
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
    if (branch.ok && branch.value.reads.stream === stream) return ok({ stream, branch: branch.value });
    reasons.push(
      branch.ok
        ? `the branch that ends in "${operand}" reads "${branch.value.reads.stream}", not "${stream}"`
        : branch.problem,
    );
  }
  return fail(reasons.join("; nor the other way round: "));
};

const match = (index: GraphIndex, output: string): Match<BlockMatch> => {
  const second = matchResidualSum(index, output, (operand) => matchFeedForward(index, operand));
  if (!second.ok) return fail(`no feed-forward network: ${second.problem}`);
  const first = matchResidualSum(index, second.value.stream, (operand) => matchAttention(index, operand));
  if (!first.ok) return fail(`no attention: ${first.problem}`);
  const { stream: input, branch: attention } = first.value;
  return ok(blockOf({ input, output }, attention, second.value.branch));
};

/**
 * Attention, then FFN, each added to the stream that it reads: pre-norm (GPT-2, Llama), with norms behind the branches
 * as well (Gemma 2 and 3) or instead (OLMo 2), and with multipliers (Granite).
 */
export const serialBlock: BlockForm = { name: "attention, then FFN", match };
