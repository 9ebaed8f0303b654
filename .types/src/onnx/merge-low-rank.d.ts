import type { LinearSite } from "../core/patch/patch.ts";
import { type Result } from "../core/result.ts";
import { type Graph } from "./graph.ts";
/** An update of one linear layer: W + AB in [in, out]. */
export interface LowRankUpdate {
    readonly layer: number;
    readonly site: LinearSite;
    /** [in, rank] */ readonly A: Float32Array;
    /** [rank, out] */ readonly B: Float32Array;
    readonly rank: number;
}
/**
 * A copy of a decoder's graph, without patch inputs, whose linear layers have `updates` in their weights. Updates of
 * one layer add up.
 *
 * Errors: those of `findDecoder`; `unsupported_graph` where a weight to change is read elsewhere too. Throws a
 * RangeError for a layer that the decoder does not have.
 */
export declare const mergeLowRank: (graph: Graph, updates: readonly LowRankUpdate[]) => Result<Graph>;
