import type { Graph } from "../graph.ts";
/** Removes, in place, the nodes and initializers that no output depends on; graph inputs stay declared. */
export declare const pruneGraph: (graph: Graph) => void;
