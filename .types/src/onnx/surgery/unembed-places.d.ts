import { type Graph } from "../graph.ts";
import type { LinearLayer } from "../structure/decoder-structure.ts";
/** A graph that unembeds some positions only. */
export interface UnembeddedPlaces {
    readonly graph: Graph;
    /** int64 input [n]: which of the batch · T positions, counted row by row; one may come twice. */
    readonly places: string;
    /** float32 output [1, n, vocabulary], the graph's only one. */
    readonly logits: string;
}
/**
 * A copy of `graph` whose only output is the logits of the positions asked for. The unembedding is most of a small
 * model's work, and a loss counts few positions.
 */
export declare const unembedPlaces: (graph: Graph, unembedding: LinearLayer) => UnembeddedPlaces;
