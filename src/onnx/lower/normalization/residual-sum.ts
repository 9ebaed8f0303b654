import { type FusedNode, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";

/** Output of a norm with a residual sum inside: that sum. */
const SUM = 3;

/** Refuses norms with a residual sum that hand out their statistics, as training graphs do. */
export const refusesStatistics = ({ node }: FusedNode): Refusal | undefined =>
  outputAt(node, 1) === undefined && outputAt(node, 2) === undefined
    ? undefined
    : { what: "the norm's statistics as an output", instead: "export for inference" };

/** input + bias + skip, under the name of the node's output where it hands the sum out. */
export const residualSum = (emit: LoweringEmitter, { node }: FusedNode, bias: string | undefined): string => {
  const [input, skip] = node.inputs as [string, string];
  const biased = bias === undefined ? input : emit.add(input, bias, emit.inner("biased"));
  return emit.add(skip, biased, outputAt(node, SUM) ?? emit.inner("sum"));
};
