import { type Result } from "../../core/result.ts";
import type { Graph } from "../graph.ts";
/** A graph in which inputs reach into an activation. */
export interface OverriddenGraph {
    readonly graph: Graph;
    /** float32 input, the activation's shape with 1 as the last size: above 0 where `value` takes the place. */
    readonly mask: string;
    /** float32 input of the activation's shape. */
    readonly value: string;
}
/**
 * A copy of `graph` whose readers of the activation `tensor`, of shape `shape` ([1, T, d] in a decoder; a size may be
 * a name), see Where(mask > 0, value, tensor): the input `value` at the masked positions and the activation
 * elsewhere. Where the mask is all 0 the graph computes what it did. The gradient with respect to `value` is the
 * activation's own at masked positions and 0 elsewhere.
 */
export declare const overrideTensor: (graph: Graph, tensor: string, shape: readonly (number | string)[]) => Result<OverriddenGraph>;
/** A graph in which an input is added to an activation. */
export interface ShiftedGraph {
    readonly graph: Graph;
    /** float32 input of the shape asked for; zeros leave the graph as it was. */
    readonly delta: string;
}
/**
 * A copy of `graph` whose readers of the activation `tensor` see tensor + delta, with `delta` an input of shape
 * `shape`: the activation's own ([1, T, d] in a decoder), or one that broadcasts to it without changing its rank.
 */
export declare const addToTensor: (graph: Graph, tensor: string, shape: readonly (number | string)[]) => Result<ShiftedGraph>;
