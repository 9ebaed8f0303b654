import { ProblemError, problem } from "../../core/problem.ts";
import type { Node } from "../graph.ts";
import type { Contribution } from "./contribution.ts";
import type { GradientEmitter } from "./gradient-emitter.ts";

/** One node on the way back from the loss. */
export interface BackwardStep {
  /** The forward node; a rule may name further outputs of it, such as a saved mean. */
  readonly node: Node;
  readonly emit: GradientEmitter;
  /** For each output of the node, the parts of its gradient; none where the loss does not depend on that output. */
  readonly received: readonly (readonly Contribution[])[];
}

/** Emits what one input of a node receives; called only where that input's gradient is wanted. */
export type InputGradient = () => Contribution | readonly Contribution[];

/** The derivative of an operator: for each input its gradient, undefined for one that has none. */
export type GradientRule = (step: BackwardStep) => readonly (InputGradient | undefined)[];

/** The whole gradient of output `index` of the node; zeros where the loss does not depend on it. */
export const outputGradient = ({ received, node, emit }: BackwardStep, index: number): string => {
  const output = node.outputs[index]!;
  return emit.accumulate(received[index]!, emit.shape(output), emit.type(output));
};

/**
 * The gradient of the node's first output. Refuses a node whose further outputs the loss depends on, for the rules
 * that know nothing of those.
 */
export const firstGradient = (step: BackwardStep): string => {
  if (step.received.slice(1).some((parts) => parts.length > 0))
    throw new ProblemError(noRule(step.node, "the loss depends on a secondary output"));
  return outputGradient(step, 0);
};

/** The problem of a node whose derivative is not known. */
export const noRule = (node: Node, why: string) =>
  problem(
    "unsupported_operator",
    `No gradient of operator ${node.domain}${node.domain && "."}${node.op} at node "${node.name}": ${why}. ` +
      "Differentiate with respect to a tensor after this node, or export the model without it.",
    { detail: { operator: node.op, node: node.name } },
  );

/** Computes once, at the first call; lets several input gradients share what they both need. */
export const once = <Value>(compute: () => Value): (() => Value) => {
  let result: { readonly value: Value } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
};
