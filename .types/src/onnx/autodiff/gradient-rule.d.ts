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
export declare const outputGradient: ({ received, node, emit }: BackwardStep, index: number) => string;
/**
 * The gradient of the node's first output. Refuses a node whose further outputs the loss depends on, for the rules
 * that know nothing of those.
 */
export declare const firstGradient: (step: BackwardStep) => string;
/** The problem of a node whose derivative is not known. */
export declare const noRule: (node: Node, why: string) => import("../../core/problem.ts").Problem;
/** An integer attribute, or `fallback` where it is absent. */
export declare const intAttribute: (node: Node, name: string, fallback: number) => number;
/** A float attribute, or `fallback` where it is absent. */
export declare const floatAttribute: (node: Node, name: string, fallback: number) => number;
/** A string attribute, or `fallback` where it is absent. */
export declare const stringAttribute: (node: Node, name: string, fallback: string) => string;
/** An attribute of several integers, undefined where it is absent. */
export declare const intsAttribute: (node: Node, name: string) => readonly number[] | undefined;
/** `axis` counted from the front. */
export declare const normalizeAxis: (axis: number, rank: number) => number;
/** Computes once, at the first call; lets several input gradients share what they both need. */
export declare const once: <Value>(compute: () => Value) => (() => Value);
