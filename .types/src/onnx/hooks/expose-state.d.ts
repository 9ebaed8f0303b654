import type { Graph, ValueInfo } from "../graph.ts";
/**
 * Declares `state` an output: what patches are compared with outside of the graph.
 *
 * @param shape [batch, T, d] by the graph's own names: another name for the same size would keep the runtime from
 *   seeing that residual sums add equal shapes, and from fusing them with the norms behind
 */
export declare const exposeState: (graph: Graph, state: string, shape: ValueInfo["shape"]) => void;
