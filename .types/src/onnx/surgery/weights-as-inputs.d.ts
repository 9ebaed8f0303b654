import { type Result } from "../../core/result.ts";
import { type Graph } from "../graph.ts";
/**
 * A copy of `graph` in which the initializers `names` are graph inputs of the same names, types and shapes, so that a
 * trainer can feed one flat array by subarrays. Fails with `unsupported_graph` on a name that is no initializer.
 */
export declare const weightsAsInputs: (graph: Graph, names: readonly string[]) => Result<Graph>;
