import type { Graph } from "../graph.ts";
import type { TracedTensors } from "./trace-values.ts";
/**
 * The float tensors that lie on a path from one of `sources` to `loss`: those whose gradients are needed. A path
 * ends at a tensor of integers or truth values, through which nothing can be differentiated.
 */
export declare const differentiablePaths: (graph: Graph, traced: TracedTensors, loss: string, sources: readonly string[]) => ReadonlySet<string>;
