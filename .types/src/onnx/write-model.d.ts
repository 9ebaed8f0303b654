import type { Graph } from "./graph.ts";
/** The two files of a model: the graph, and its large tensors where they were put aside. */
export interface WrittenModel {
    readonly graph: Uint8Array;
    /** Bytes of the external data file; empty where nothing was put aside. */
    readonly weights: Uint8Array;
}
/**
 * Serialises `graph`. With `weightsFile`, initializers of a kilobyte or more go to that external file.
 * `exposed` are tensors to declare outputs besides the graph's own, without a type: the runtime infers it.
 * The same graph gives the same bytes.
 */
export declare const writeModel: (graph: Graph, weightsFile?: string, exposed?: readonly string[]) => WrittenModel;
