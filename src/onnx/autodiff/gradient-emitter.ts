import { getOrInsert } from "../../core/get-or-insert.ts";
import { elementCount } from "../../core/tensor/tensor.ts";
import type { ElementType, Graph } from "../graph.ts";
import { type AttributeValue, GraphBuilder } from "../graph-builder.ts";
import type { Contribution } from "./contribution.ts";
import type { TracedTensor, TracedTensors } from "./trace-values.ts";

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Appends gradient operations to a graph whose forward tensors were traced, so that every shape is known. */
export class GradientEmitter {
  readonly #builder: GraphBuilder;
  readonly #traced: TracedTensors;
  readonly #constants = new Map<string, string>();

  /** Emits onto `graph`; `traced` must hold every tensor that `graph` has now. */
  constructor(graph: Graph, traced: TracedTensors) {
    this.#builder = new GraphBuilder(graph, "gradient");
    this.#traced = traced;
  }

  /** What the trace knows of a forward tensor. */
  traced(tensor: string): TracedTensor {
    const traced = this.#traced.get(tensor);
    if (!traced) throw new Error(`tensor "${tensor}" was not traced`);
    return traced;
  }

  /** Shape of a forward tensor. */
  shape(tensor: string): readonly number[] {
    return this.traced(tensor).shape;
  }

  /** Element type of a forward tensor. */
  type(tensor: string): ElementType {
    return this.traced(tensor).type;
  }

  /** Appends an operation with one output and returns that output. */
  op(op: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    return this.#builder.op(op, inputs, attributes);
  }

  /** A name no tensor bears yet, for a further output of an existing node. */
  fresh(): string {
    return this.#builder.fresh();
  }

  /** A scalar of a float type. */
  scalar(value: number, type: ElementType): string {
    return this.#constant(`${type} ${value}`, () => {
      const data = type === "float64" ? Float64Array.of(value) : Float32Array.of(value);
      return { type: type === "float64" ? type : "float32", shape: [], bytes: new Uint8Array(data.buffer) };
    });
  }

  /** An int64 vector. */
  integers(values: readonly number[]): string {
    return this.#constant(`int64 ${values}`, () => ({
      type: "int64",
      shape: [values.length],
      bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    }));
  }

  #constant(key: string, make: () => Parameters<GraphBuilder["constant"]>[0]): string {
    return getOrInsert(this.#constants, key, () => this.#builder.constant(make()));
  }

  /** a + b, broadcast. */
  add(a: string, b: string): string {
    return this.op("Add", [a, b]);
  }

  /** a − b, broadcast. */
  subtract(a: string, b: string): string {
    return this.op("Sub", [a, b]);
  }

  /** a · b element by element, broadcast. */
  multiply(a: string, b: string): string {
    return this.op("Mul", [a, b]);
  }

  /** −a. */
  negate(a: string): string {
    return this.op("Neg", [a]);
  }

  /** `tensor` times a number. */
  scale(tensor: string, factor: number, type: ElementType): string {
    return factor === 1 ? tensor : this.multiply(tensor, this.scalar(factor, type));
  }

  /** `tensor` of shape `from` seen as `to`; no operation where they agree. */
  reshape(tensor: string, from: readonly number[], to: readonly number[]): string {
    return sameShape(from, to) ? tensor : this.op("Reshape", [tensor, this.integers(to)]);
  }

  /** `tensor` of shape `from` broadcast to `to`. */
  expand(tensor: string, from: readonly number[], to: readonly number[]): string {
    return sameShape(from, to) ? tensor : this.op("Expand", [tensor, this.integers(to)]);
  }

  /** Axes of `tensor` in the order `permutation`. */
  transpose(tensor: string, permutation: readonly number[]): string {
    return permutation.every((from, to) => from === to)
      ? tensor
      : this.op("Transpose", [tensor], { perm: permutation });
  }

  /** Sum over `axes`, which stay as axes of size 1. */
  sum(tensor: string, axes: readonly number[]): string {
    return axes.length === 0 ? tensor : this.op("ReduceSum", [tensor, this.integers(axes)], { keepdims: 1 });
  }

  /** Undoes broadcasting: `tensor` of shape `from` summed down to shape `to`. */
  sumTo(tensor: string, from: readonly number[], to: readonly number[]): string {
    const lead = from.length - to.length;
    const axes = from.flatMap((size, axis) => {
      const target = axis < lead ? 1 : to[axis - lead]!;
      return axis < lead || (target === 1 && size !== 1) ? [axis] : [];
    });
    const summed = from.map((size, axis) => (axes.includes(axis) ? 1 : size));
    return this.reshape(this.sum(tensor, axes), summed, to);
  }

  /** A float tensor of one value. */
  filled(value: number, shape: readonly number[], type: ElementType): string {
    return this.expand(this.scalar(value, type), [], shape);
  }

  /** The sum of `contributions` to the gradient of a tensor of this shape and type. */
  accumulate(contributions: readonly Contribution[], shape: readonly number[], type: ElementType): string {
    const dense = contributions.filter((part) => typeof part === "string");
    const scattered = contributions.filter((part) => typeof part !== "string");
    const start = dense.length > 0 ? dense.reduce((a, b) => this.add(a, b)) : this.filled(0, shape, type);
    return scattered.reduce(
      (data, { axis, indices, updates }) =>
        this.op("ScatterElements", [data, indices, updates], { axis, reduction: "add" }),
      start,
    );
  }

  /** Number of elements of a forward tensor. */
  count(tensor: string): number {
    return elementCount(this.shape(tensor));
  }
}
