import type { Graph } from "../graph.ts";
import { GraphBuilder } from "../graph-builder.ts";
/**
 * Makes every reader of `tensor` read what `build` makes of it instead, in place. The new nodes stand right behind
 * the one that writes `tensor`, so the order stays topological as long as they read nothing made later. Returns the
 * replacement's name. A second insertion at the same tensor comes in front of the first.
 */
export declare const insertAfter: (graph: Graph, tensor: string, build: (builder: GraphBuilder) => string) => string;
