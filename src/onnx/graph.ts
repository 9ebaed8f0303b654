/**
 * ONNX graphs in memory: a plain, mutable structure that passes transform in place or copy.
 * Only what decoders need: one flat graph, no subgraphs, no sequences, no optional types.
 */

/** Element types that decoders compute with. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool" | "float64" | "uint8" | "int8";

/** Element types that constants are stored in; of the 4-bit ones two share a byte, the lower half first. */
export type StoredType = ElementType | "uint4" | "int4";

/** A constant tensor: raw little-endian bytes in row-major order, as ONNX stores them. */
export interface Initializer {
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An attribute of a node. Integers are numbers, as every attribute of the supported operators fits one. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: Initializer };

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
export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  bool: 1,
  float64: 8,
  uint8: 1,
  int8: 1,
};

/** Whether a type is one that graphs compute with, and not only stored. */
export const isComputed = (type: StoredType | undefined): type is ElementType =>
  type !== undefined && type in ELEMENT_BYTES;

/** Bytes of `count` elements of `type`. */
export const storedBytes = (type: StoredType, count: number): number =>
  isComputed(type) ? count * ELEMENT_BYTES[type] : Math.ceil(count / 2);

/** A float32 initializer; takes a view of `data`, no copy. */
export const floatInitializer = (shape: readonly number[], data: Float32Array): Initializer => ({
  type: "float32",
  shape,
  bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** A float32 or float16 initializer of `data`, which is rounded to half precision for the latter. */
export const floatInitializerOf = (
  type: StoredType,
  shape: readonly number[],
  data: Float32Array,
): Initializer =>
  type === "float16"
    ? { type, shape, bytes: new Uint8Array(Float16Array.from(data).buffer) }
    : floatInitializer(shape, data);

/** An initializer whose bytes are computed when they are first read, and kept. */
export const lazyInitializer = (
  type: StoredType,
  shape: readonly number[],
  compute: () => ArrayBufferView,
): Initializer => {
  let bytes: Uint8Array | undefined;
  return {
    type,
    shape,
    get bytes() {
      if (bytes === undefined) {
        const { buffer, byteOffset, byteLength } = compute();
        bytes = new Uint8Array(buffer, byteOffset, byteLength);
      }
      return bytes;
    },
  };
};

/** An int64 initializer from ordinary integers. */
export const int64Initializer = (shape: readonly number[], values: readonly number[]): Initializer => ({
  type: "int64",
  shape,
  bytes: new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer),
});

/** The float32 elements of `initializer`, a view where alignment allows and a copy otherwise. */
export const floatsOf = (initializer: Initializer): Float32Array => {
  const { bytes } = initializer;
  // Not slice(): a Buffer's shares its memory, and its offset with it.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
};

/** The elements of an integer (int64 or int32) `initializer` as ordinary numbers. */
export const integersOf = (initializer: Initializer): number[] => {
  const view = new DataView(
    initializer.bytes.buffer,
    initializer.bytes.byteOffset,
    initializer.bytes.byteLength,
  );
  const size = storedBytes(initializer.type, 1);
  return Array.from({ length: initializer.bytes.byteLength / size }, (_, i) =>
    size === 8 ? Number(view.getBigInt64(i * 8, true)) : view.getInt32(i * 4, true),
  );
};

/** A copy that can be transformed freely; initializer bytes are shared, as nothing writes to them. */
export const cloneGraph = (graph: Graph): Graph => ({
  name: graph.name,
  opsets: new Map(graph.opsets),
  inputs: [...graph.inputs],
  outputs: [...graph.outputs],
  nodes: graph.nodes.map((node) => ({
    ...node,
    inputs: [...node.inputs],
    outputs: [...node.outputs],
    attributes: new Map(node.attributes),
  })),
  initializers: new Map(graph.initializers),
});
