import type { Initializer, Node } from "../graph.ts";
import type { AttributeValue, GraphBuilder } from "../graph-builder.ts";

/** First opset in which the means take their axes as an input. */
const AXES_AS_INPUT = 18;

/**
 * Emits the standard operations that a fused node stands for. New tensors are named after the node's first output, so
 * that a node always lowers to the same names.
 */
export class LoweringEmitter {
  readonly #builder: GraphBuilder;
  readonly #base: string;
  readonly #half: boolean;
  #next = 0;

  /** Emits for `node`; constants are in half precision where `half` says that the node computes in it. */
  constructor(builder: GraphBuilder, node: Node, { half = false }: { readonly half?: boolean } = {}) {
    this.#builder = builder;
    this.#half = half;
    this.#base = node.outputs.find((output) => output !== "")!;
  }

  /** Version of the standard operator set that the operations must belong to. */
  get opset(): number {
    return this.#builder.graph.opsets.get("")!;
  }

  /** A name for a tensor inside the node, the same at every lowering. */
  inner(hint: string): string {
    return this.#builder.fresh(innerName(this.#base, hint));
  }

  /** Appends an operation with one output and returns that output. */
  op(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    output: string = this.#fresh(),
  ): string {
    return this.#builder.op(op, inputs, attributes, output);
  }

  /** A constant. */
  constant(initializer: Initializer, hint = "constant"): string {
    return this.#builder.constant(initializer, innerName(this.#base, hint));
  }

  /** A float constant; a scalar where `shape` is left out. */
  floats(values: readonly number[], shape: readonly number[] = []): string {
    const data = this.#half ? Float16Array.from(values) : Float32Array.from(values);
    const type = this.#half ? "float16" : "float32";
    return this.constant({ type, shape, bytes: new Uint8Array(data.buffer) });
  }

  /** An int64 vector. */
  ints(values: readonly number[]): string {
    return this.#int64([values.length], values);
  }

  /** An int64 scalar. */
  int(value: number): string {
    return this.#int64([], [value]);
  }

  /** a + b, broadcast. */
  add(a: string, b: string, output?: string): string {
    return this.op("Add", [a, b], {}, output);
  }

  /** a · b element by element, broadcast. */
  multiply(a: string, b: string, output?: string): string {
    return this.op("Mul", [a, b], {}, output);
  }

  /** `tensor` times a number. */
  scale(tensor: string, factor: number): string {
    return factor === 1 ? tensor : this.multiply(tensor, this.floats([factor]));
  }

  /** `tensor` in another shape; 0 keeps a size, −1 is what is left. */
  reshape(tensor: string, shape: readonly number[], output?: string): string {
    return this.op("Reshape", [tensor, this.ints(shape)], {}, output);
  }

  /** Axes of `tensor` in the order `permutation`. */
  transpose(tensor: string, permutation: readonly number[], output?: string): string {
    return this.op("Transpose", [tensor], { perm: permutation }, output);
  }

  /** `tensors` joined along `axis`. */
  concat(tensors: readonly string[], axis: number, output?: string): string {
    return this.op("Concat", tensors, { axis }, output);
  }

  /** Parts of `sizes` along `axis`. */
  split(tensor: string, sizes: readonly number[], axis: number): string[] {
    const outputs = sizes.map(() => this.#fresh());
    return this.#builder.node("Split", [tensor, this.ints(sizes)], sizes.length, { axis }, outputs);
  }

  /** Elements `start` to `end` along `axis`, every `step`-th; numbers, or int64 vectors of one element. */
  slice(tensor: string, axis: number, start: number | string, end: number | string, step = 1): string {
    const bound = (value: number | string) => (typeof value === "string" ? value : this.ints([value]));
    return this.op("Slice", [tensor, bound(start), bound(end), this.ints([axis]), this.ints([step])]);
  }

  /** `tensor` with axes of size 1 put in. */
  unsqueeze(tensor: string, axes: readonly number[]): string {
    return this.op("Unsqueeze", [tensor, this.ints(axes)]);
  }

  /** `tensor` without the axes of size 1. */
  squeeze(tensor: string, axes: readonly number[], output?: string): string {
    return this.op("Squeeze", [tensor, this.ints(axes)], {}, output);
  }

  /** `tensor` as another element type, by ONNX's number for it. */
  cast(tensor: string, to: number): string {
    return this.op("Cast", [tensor], { to });
  }

  /** The mean over `axes`, which stay as axes of size 1. */
  mean(tensor: string, axes: readonly number[]): string {
    return this.opset >= AXES_AS_INPUT
      ? this.op("ReduceMean", [tensor, this.ints(axes)], { keepdims: 1 })
      : this.op("ReduceMean", [tensor], { axes, keepdims: 1 });
  }

  /** The size of axis `axis` of `tensor`, an int64 scalar. */
  size(tensor: string, axis: number): string {
    return this.op("Gather", [this.op("Shape", [tensor]), this.int(axis)], { axis: 0 });
  }

  /** The integers from `start` to `end`, int64 scalars both, as a vector. */
  range(start: string, end: string): string {
    return this.op("Range", [start, end, this.int(1)]);
  }

  #int64(shape: readonly number[], values: readonly number[]): string {
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    return this.constant({ type: "int64", shape, bytes: new Uint8Array(data.buffer) });
  }

  #fresh(): string {
    return this.inner(String(this.#next++));
  }
}

/** The name of a tensor inside a fused node whose first output is `base`. */
export const innerName = (base: string, hint: string): string => `${base}.lowered.${hint}`;
