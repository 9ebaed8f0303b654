import { type Result } from "../../core/result.ts";
import { type Graph } from "../graph.ts";
import type { TracedTensors } from "./trace-values.ts";
/** A graph that computes a loss and its gradients. */
export interface GradientGraph {
    /** The forward graph with gradient operations appended; its outputs are the loss, the gradients, and what was kept. */
    readonly graph: Graph;
    /** Name of the loss, an output. */
    readonly loss: string;
    /** For each tensor differentiated by, the output that holds its gradient, of the tensor's own shape and type. */
    readonly gradients: ReadonlyMap<string, string>;
}
/**
 * Reverse-mode differentiation: a copy of `graph` with operations appended that compute the gradient of the scalar
 * tensor `loss` with respect to each of `withRespectTo`, which may be graph inputs, initializers or intermediate
 * tensors, of a float type. Operations that lead neither to the loss, the gradients nor `keep` are dropped.
 *
 * `traced` comes from `traceValues` on the same graph; the result holds for feeds of the traced shapes only.
 * Fails with `unsupported_operator` where an operator on the way has no rule, and with `unsupported_graph` where the
 * request does not fit the graph.
 */
export declare const addGradients: (graph: Graph, traced: TracedTensors, loss: string, withRespectTo: readonly string[], { keep }?: {
    readonly keep?: readonly string[];
}) => Result<GradientGraph>;
