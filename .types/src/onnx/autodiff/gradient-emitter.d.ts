import type { ElementType, Graph } from "../graph.ts";
import { type AttributeValue } from "../graph-builder.ts";
import type { Contribution } from "./contribution.ts";
import type { TracedTensor, TracedTensors } from "./trace-values.ts";
/** Appends gradient operations to a graph whose forward tensors were traced, so that every shape is known. */
export declare class GradientEmitter {
    #private;
    /** Emits onto `graph`; `traced` must hold every tensor that `graph` has now. */
    constructor(graph: Graph, traced: TracedTensors);
    /** What the trace knows of a forward tensor. */
    traced(tensor: string): TracedTensor;
    /** Shape of a forward tensor. */
    shape(tensor: string): readonly number[];
    /** Element type of a forward tensor. */
    type(tensor: string): ElementType;
    /** Appends an operation with one output and returns that output. */
    op(op: string, inputs: readonly string[], attributes?: Record<string, AttributeValue>): string;
    /** A name no tensor bears yet, for a further output of an existing node. */
    fresh(): string;
    /** A scalar of a float type. */
    scalar(value: number, type: ElementType): string;
    /** An int64 vector. */
    integers(values: readonly number[]): string;
    /** a + b, broadcast. */
    add(a: string, b: string): string;
    /** a − b, broadcast. */
    subtract(a: string, b: string): string;
    /** a · b element by element, broadcast. */
    multiply(a: string, b: string): string;
    /** −a. */
    negate(a: string): string;
    /** `tensor` times a number. */
    scale(tensor: string, factor: number, type: ElementType): string;
    /** `tensor` of shape `from` seen as `to`; no operation where they agree. */
    reshape(tensor: string, from: readonly number[], to: readonly number[]): string;
    /** `tensor` of shape `from` broadcast to `to`. */
    expand(tensor: string, from: readonly number[], to: readonly number[]): string;
    /** Axes of `tensor` in the order `permutation`. */
    transpose(tensor: string, permutation: readonly number[]): string;
    /** Sum over `axes`, which stay as axes of size 1. */
    sum(tensor: string, axes: readonly number[]): string;
    /** Undoes broadcasting: `tensor` of shape `from` summed down to shape `to`. */
    sumTo(tensor: string, from: readonly number[], to: readonly number[]): string;
    /** A float tensor of one value. */
    filled(value: number, shape: readonly number[], type: ElementType): string;
    /** The sum of `contributions` to the gradient of a tensor of this shape and type. */
    accumulate(contributions: readonly Contribution[], shape: readonly number[], type: ElementType): string;
    /** Number of elements of a forward tensor. */
    count(tensor: string): number;
}
