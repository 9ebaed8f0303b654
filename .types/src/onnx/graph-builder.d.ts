import type { Attribute, ElementType, Graph, Initializer } from "./graph.ts";
/** An attribute value as a caller writes it: whole numbers become ints, `float(x)` forces a float. */
export type AttributeValue = number | readonly number[] | string | Attribute;
/** A float attribute, for values that happen to be whole. */
export declare const float: (value: number) => Attribute;
/** Appends nodes to a graph, naming what has no name yet; the way every pass and builder adds operations. */
export declare class GraphBuilder {
    #private;
    readonly graph: Graph;
    /** Builds onto `graph`; new tensors are named `prefix` and a number that nothing in the graph uses. */
    constructor(graph: Graph, prefix?: string);
    /** An empty graph on one standard opset. */
    static empty(name: string, opset?: number): Graph;
    /** A tensor name that is not taken yet, and is from now on. */
    fresh(hint?: string): string;
    /** Appends an operation with one output and returns that output's name. */
    op(op: string, inputs: readonly string[], attributes?: Record<string, AttributeValue>, output?: string): string;
    /** Appends an operation with `count` outputs and returns their names. */
    node(op: string, inputs: readonly string[], count: number, attributes?: Record<string, AttributeValue>, outputs?: readonly string[]): string[];
    /** Declares a graph input and returns its name. */
    input(name: string, type: ElementType, shape: readonly (number | string)[]): string;
    /** Declares an existing tensor a graph output. */
    output(name: string, type: ElementType, shape: readonly (number | string)[]): void;
    /** Adds a constant and returns its name. */
    constant(initializer: Initializer, hint?: string): string;
    /** A float32 constant; a scalar where `shape` is left out. */
    floats(values: readonly number[], shape?: readonly number[]): string;
    /** An int64 vector constant. */
    ints(values: readonly number[]): string;
}
