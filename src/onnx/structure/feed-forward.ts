import { fail, ok } from "../../core/result.ts";
import { type GraphIndex, SAME_ELEMENTS } from "../graph-index.ts";
import { matchActivation } from "./activation.ts";
import type { FeedForward, Match, Norm } from "./decoder-structure.ts";
import { matchLinear } from "./linear.ts";
import { matchNorm } from "./norm.ts";

/** An FFN and the norm in front of it. */
export interface FeedForwardMatch {
  readonly norm: Norm;
  readonly feedForward: FeedForward;
}

/** The FFN that returns `branch`: norm, up-projection (and gate), activation, down-projection. */
export const matchFeedForward = (index: GraphIndex, branch: string): Match<FeedForwardMatch> => {
  const down = matchLinear(index, branch);
  if (!down) return fail(`"${branch}" is not the output of a down-projection`);
  const activation = matchActivation(index, index.peel(down.operand, SAME_ELEMENTS));
  if (typeof activation === "string") return fail(activation);
  const up = matchLinear(index, activation.up)!.layer;
  const gate = activation.gate === null ? null : matchLinear(index, activation.gate)!.layer;
  if (gate && (gate.input !== up.input || gate.out !== up.out))
    return fail(`gate "${gate.output}" and up-projection "${up.output}" do not share their input and width`);
  const norm = matchNorm(index, up.input);
  if (!norm) return fail(`"${up.input}", which enters the FFN, is not the output of a norm`);
  return ok({
    norm,
    feedForward: {
      input: up.input,
      up,
      gate,
      down: down.layer,
      activation: activation.activation,
      output: branch,
    },
  });
};
