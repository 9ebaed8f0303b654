import { ProblemError, problem } from "../../core/problem.ts";
import type { Attribute, Node } from "../graph.ts";
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

const attributeValue = (
  node: Node,
  name: string,
  kind: Attribute["kind"],
): Attribute["value"] | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === kind ? attribute.value : undefined;
};

/** An integer attribute, or `fallback` where it is absent. */
export const intAttribute = (node: Node, name: string, fallback: number): number =>
  (attributeValue(node, name, "int") as number | undefined) ?? fallback;

/** A float attribute, or `fallback` where it is absent. */
export const floatAttribute = (node: Node, name: string, fallback: number): number =>
  (attributeValue(node, name, "float") as number | undefined) ?? fallback;

/** A string attribute, or `fallback` where it is absent. */
export const stringAttribute = (node: Node, name: string, fallback: string): string =>
  (attributeValue(node, name, "string") as string | undefined) ?? fallback;

/** An attribute of several integers, undefined where it is absent. */
export const intsAttribute = (node: Node, name: string): readonly number[] | undefined =>
  attributeValue(node, name, "ints") as readonly number[] | undefined;

/** `axis` counted from the front. */
export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Computes once, at the first call; lets several input gradients share what they both need. */
export const once = <Value>(compute: () => Value): (() => Value) => {
  let result: { readonly value: Value } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
};
