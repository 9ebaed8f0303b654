import { type Result } from "../../core/result.ts";
import { type Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
/**
 * A copy of `graph` in which every node that read `tensor` reads what `replace` makes of it. `replace` appends its
 * nodes, and any inputs they need, through the builder and returns the replacement; its nodes are put right after
 * the one that makes `tensor`, and still read the original. A graph output named `tensor` keeps the original too.
 * Fails with `unsupported_graph` where the graph has no such tensor.
 */
export declare const interceptTensor: (graph: Graph, tensor: string, replace: (builder: GraphBuilder) => string) => Result<Graph>;
