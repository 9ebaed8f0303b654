import type { LowRankHook } from "../../core/model/prepared-model.ts";
import type { LinearSite } from "../../core/patch/patch.ts";
import type { Graph } from "../graph.ts";
import type { LinearLayer } from "../structure/decoder-structure.ts";
/**
 * Adds `(xA)B` to a linear layer, at every position, from the graph inputs `patch.{layer}.{site}.A` [in, r] and `.B`
 * [r, out]. The sum comes before the bias, where that is an operation of its own: bias and activation then stay
 * neighbours, which the runtime fuses. A zero row adds +0, which leaves every number as it was.
 */
export declare const addLowRankHook: (graph: Graph, linear: LinearLayer, layer: number, site: LinearSite) => LowRankHook;
