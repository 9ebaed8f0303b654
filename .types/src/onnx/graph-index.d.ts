import { type Graph, type Initializer, type Node } from "./graph.ts";
/** Operations whose output is their first input, at most in another element type. */
export declare const SAME_VALUE: ReadonlySet<string>;
/** Operations whose output has the elements of their first input in the same order, in another shape. */
export declare const SAME_ELEMENTS: ReadonlySet<string>;
/** A constant tensor with the name that defines it, behind any Identity. */
export interface NamedConstant {
    readonly name: string;
    readonly value: Initializer;
}
/** Who makes and who reads each tensor of a graph. Describes the graph as it was when the index was built. */
export declare class GraphIndex {
    #private;
    readonly graph: Graph;
    constructor(graph: Graph);
    /** The node that writes `tensor`; undefined for graph inputs and initializers. */
    producer(tensor: string): Node | undefined;
    /** Whether `tensor` is an input of the graph. */
    isInput(tensor: string): boolean;
    /** The tensor that `tensor` comes from when operations named in `ops` are followed through their first input. */
    peel(tensor: string, ops: ReadonlySet<string>): string;
    /** The constant behind `tensor`: an initializer or a Constant node, at most through Identity. */
    constant(tensor: string): NamedConstant | undefined;
    /** The constant number behind `tensor`; undefined where it is no constant of one element. */
    scalar(tensor: string): number | undefined;
    /** The constant vector (one axis, more than one element) behind `tensor`. */
    vector(tensor: string): NamedConstant | undefined;
}
