import type { CodebookHook } from "../../core/model/prepared-model.ts";
import type { Graph, ValueInfo } from "../graph.ts";
/**
 * Lets a codebook replace the residual stream `stream` [batch, T, d], at every position of a run: by the graph input
 * `patch.{layer}.codebook.value` [1, 1, d] where `.inject` [1] (bool) is true. The search is not in the graph: the
 * stream itself is an output, for the keys to be compared with, and the run is repeated at the position that hit. It
 * stands between a residual sum and the norm that reads it; where a runtime would fuse those two (it can at the last
 * block), it no longer does.
 *
 * @param shape [batch, T, d], as `exposeState` takes it
 */
export declare const addCodebookHook: (graph: Graph, stream: string, shape: ValueInfo["shape"], layer: number) => CodebookHook;
