import { type Graph } from "../graph.ts";
/**
 * A copy of `graph` in which tensors held by Constant nodes are initializers of the same names, so that large ones can
 * live in a data file. Older exporters keep constants in nodes.
 */
export declare const liftConstants: (graph: Graph) => Graph;
