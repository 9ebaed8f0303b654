import { fail, ok } from "../../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS, SAME_VALUE } from "../../graph-index.ts";
import { matchAttention } from "../attention.ts";
import type { Match } from "../decoder-structure.ts";
import { matchFeedForward } from "../feed-forward.ts";
import { type BlockForm, type BlockMatch, blockOf } from "./block-form.ts";

const operandsOf = (index: GraphIndex, tensor: string): readonly string[] => {
  const node = index.producer(index.peel(tensor, SAME_ELEMENTS));
  return node?.op === "Add" ? node.inputs : [];
};

/** The ways in which `tensor` is a sum of three: either operand of the sum may be one itself. */
const sumsOfThree = (index: GraphIndex, tensor: string): readonly (readonly string[])[] => {
  const [first, second] = operandsOf(index, tensor);
  if (first === undefined || second === undefined) return [];
  return [
    [first, ...operandsOf(index, second)],
    [second, ...operandsOf(index, first)],
  ].filter(({ length }) => length === 3);
};

const match = (index: GraphIndex, output: string): Match<BlockMatch> => {
  for (const terms of sumsOfThree(index, output))
    for (const one of terms) {
      const feedForward = matchFeedForward(index, one);
      if (!feedForward.ok) continue;
      for (const other of terms) {
        const attention = other === one ? undefined : matchAttention(index, other);
        if (!attention?.ok) continue;
        const input = index.peel(terms.find((term) => term !== one && term !== other)!, SAME_VALUE);
        if (feedForward.value.reads.stream === input && attention.value.reads.stream === input)
          return ok(blockOf({ input, output }, attention.value, feedForward.value));
      }
    }
  return fail(`"${output}" is no sum of a stream and of attention and FFN that both read it`);
};

/** Attention and FFN side by side on one stream, by one norm (GPT-J, Phi, Falcon) or one for each (GPT-NeoX). */
export const parallelBlock: BlockForm = { name: "attention and FFN in parallel", match };
