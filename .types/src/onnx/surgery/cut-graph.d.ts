import { type Graph, type ValueInfo } from "../graph.ts";
/**
 * A copy of `graph` in which `input.name` is fed instead of computed. What only served to compute it is gone,
 * inputs included. This is how editing starts a forward pass in the middle of a model.
 */
export declare const cutGraphAt: (graph: Graph, input: ValueInfo) => Graph;
