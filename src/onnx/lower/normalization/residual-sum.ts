import { type FusedNode, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";

/** The residual sum inside of a norm, which an optional output hands out. */
export const RESIDUAL_SUM = { hint: "sum", place: 3 } as const;

/** Refuses norms with a residual sum that hand out their statistics, as training graphs do. */
export const refusesStatistics = ({ node }: FusedNode): Refusal | undefined =>
  outputAt(node, 1) === undefined && outputAt(node, 2) === undefined
    ? undefined
    : { what: "the norm's statistics as an output", instead: "export for inference" };

/** input + bias + skip, under the name of the node's output where it hands the sum out. */
export const residualSum = (emit: LoweringEmitter, { node }: FusedNode, bias: string | undefined): string => {
  const [input, skip] = node.inputs as [string, string];
  const biased = bias === undefined ? input : emit.add(input, bias, emit.inner("biased"));
  return emit.add(skip, biased, outputAt(node, RESIDUAL_SUM.place) ?? emit.inner(RESIDUAL_SUM.hint));
};
