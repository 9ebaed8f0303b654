/**
 * ONNX graphs in memory: a plain, mutable structure that passes transform in place or copy.
 * Only what decoders need: one flat graph, no subgraphs, no sequences, no optional types.
 */
/** Element types that decoders use. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool" | "float64" | "uint8" | "int8";
/** A constant tensor: raw little-endian bytes in row-major order, as ONNX stores them. */
export interface Initializer {
    readonly type: ElementType;
    readonly shape: readonly number[];
    readonly bytes: Uint8Array;
}
/** An attribute of a node. Integers are numbers, as every attribute of the supported operators fits one. */
export type Attribute = {
    readonly kind: "int";
    readonly value: number;
} | {
    readonly kind: "ints";
    readonly value: readonly number[];
} | {
    readonly kind: "float";
    readonly value: number;
} | {
    readonly kind: "floats";
    readonly value: readonly number[];
} | {
    readonly kind: "string";
    readonly value: string;
} | {
    readonly kind: "tensor";
    readonly value: Initializer;
};
/** One operation. An absent optional input is an empty string, as in ONNX. */
export interface Node {
    name: string;
    op: string;
    /** Operator domain; empty for standard operators. */
    domain: string;
    inputs: string[];
    outputs: string[];
    attributes: Map<string, Attribute>;
}
/** A graph input or output; a dimension is a size, or a name for a size known only at run time. */
export interface ValueInfo {
    readonly name: string;
    readonly type: ElementType;
    readonly shape: readonly (number | string)[];
}
/** A whole model: nodes in topological order. Every tensor name is written once. */
export interface Graph {
    name: string;
    /** Version of each imported operator set by domain; the standard one is "". */
    opsets: Map<string, number>;
    inputs: ValueInfo[];
    outputs: ValueInfo[];
    nodes: Node[];
    initializers: Map<string, Initializer>;
}
/** Bytes of one element of `type`. */
export declare const ELEMENT_BYTES: Readonly<Record<ElementType, number>>;
/** A float32 initializer; takes a view of `data`, no copy. */
export declare const floatInitializer: (shape: readonly number[], data: Float32Array) => Initializer;
/** An int64 initializer from ordinary integers. */
export declare const int64Initializer: (shape: readonly number[], values: readonly number[]) => Initializer;
/** The float32 elements of `initializer`, a view where alignment allows and a copy otherwise. */
export declare const floatsOf: (initializer: Initializer) => Float32Array;
/** The elements of an integer (int64 or int32) `initializer` as ordinary numbers. */
export declare const integersOf: (initializer: Initializer) => number[];
/** A copy that can be transformed freely; initializer bytes are shared, as nothing writes to them. */
export declare const cloneGraph: (graph: Graph) => Graph;
