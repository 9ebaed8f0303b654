import { fail, ok } from "../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import { matchActivation } from "./activation.ts";
import { type BranchInput, matchBranch, matchBranchInput } from "./branch.ts";
import type { FeedForward, Match } from "./decoder-structure.ts";
import { projectionOf } from "./linear.ts";

/** An FFN and what it reads. */
export interface FeedForwardMatch {
  readonly reads: BranchInput;
  readonly feedForward: FeedForward;
}

/** The FFN that returns `branch`: up-projection (and gate), activation, down-projection. */
export const matchFeedForward = (index: GraphIndex, branch: string): Match<FeedForwardMatch> => {
  const end = matchBranch(index, branch);
  if (!end) return fail(`"${branch}" is not the output of a down-projection`);
  const { operand, layer: down } = end.linear;
  const activation = matchActivation(index, index.peel(operand, SAME_ELEMENTS));
  if (typeof activation === "string") return fail(activation);
  const up = projectionOf(index, activation.up)!.layer;
  const gating = activation.gate === null ? null : projectionOf(index, activation.gate)!.layer;
  if (gating && (gating.input !== up.input || gating.out !== up.out))
    return fail(
      `gate "${gating.output}" and up-projection "${up.output}" do not share their input and width`,
    );
  return ok({
    reads: matchBranchInput(index, up.input),
    feedForward: {
      input: up.input,
      up,
      // One projection that makes both is the up-projection; the gate has no weight of its own.
      gate: gating?.weight === up.weight ? null : gating,
      down,
      activation: activation.activation,
      output: branch,
      direct: end.direct,
    },
  });
};
