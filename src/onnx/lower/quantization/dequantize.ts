import { elementCount } from "../../../core/tensor/tensor.ts";
import { floatsOf, type Initializer, lazyInitializer } from "../../graph.ts";

/** Element `at` of packed integers of `bits` bits, the lowest bits of a byte first. */
const packedInteger = (bytes: Uint8Array, bits: number, at: number): number => {
  const perByte = 8 / bits;
  return (bytes[Math.floor(at / perByte)]! >> ((at % perByte) * bits)) & (2 ** bits - 1);
};

/** Reads element `at` of an integer tensor. */
const reader = ({ type, bytes }: Initializer): ((at: number) => number) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "uint8":
      return (at) => bytes[at]!;
    case "int8":
      return (at) => view.getInt8(at);
    case "int32":
      return (at) => view.getInt32(4 * at, true);
    case "uint4":
      return (at) => packedInteger(bytes, 4, at);
    case "int4":
      return (at) => (packedInteger(bytes, 4, at) << 28) >> 28;
    default:
      throw new TypeError(`${type} is no type of quantised tensors`);
  }
};

/** How a tensor was quantised: one scale for all, for each place along `axis`, or for each block along it. */
export interface Quantization {
  readonly scale: Initializer;
  readonly zeroPoint: Initializer | undefined;
  readonly axis: number;
  /** Elements of a block along `axis`; 0 where scales are not by block. */
  readonly block: number;
}

/** The place in the scales of each element of a tensor of `shape`. */
const scalePlace = (
  shape: readonly number[],
  { scale, axis, block }: Quantization,
): ((at: number) => number) => {
  if (elementCount(scale.shape) === 1) return () => 0;
  const inner = elementCount(shape.slice(axis + 1));
  const size = shape[axis]!;
  if (block === 0) return (at) => Math.floor(at / inner) % size;
  const blocks = Math.ceil(size / block);
  return (at) => {
    const outer = Math.floor(at / (inner * size));
    const along = Math.floor(at / inner) % size;
    return (outer * blocks + Math.floor(along / block)) * inner + (at % inner);
  };
};

/** (q − zero point) · scale of an integer tensor, computed when it is read. */
export const dequantized = (tensor: Initializer, quantization: Quantization): Initializer => {
  const { shape } = tensor;
  return lazyInitializer("float32", shape, () => {
    const [value, scales] = [reader(tensor), floatsOf(quantization.scale)];
    const zero = quantization.zeroPoint ? reader(quantization.zeroPoint) : () => 0;
    const place = scalePlace(shape, quantization);
    const floats = new Float32Array(elementCount(shape));
    for (let at = 0; at < floats.length; at++) {
      const scale = place(at);
      floats[at] = (value(at) - zero(scale)) * scales[scale]!;
    }
    return floats;
  });
};

/** A matrix [rows, columns] quantised in blocks along its rows, each row's blocks packed one after the other. */
export interface PackedRows {
  readonly bits: number;
  readonly block: number;
  readonly rows: number;
  readonly columns: number;
  /** uint8 [rows, blocks, block · bits / 8], or the same bytes in another shape. */
  readonly packed: Initializer;
  /** float32 [rows, blocks] */
  readonly scales: Initializer;
  /** uint8, packed [rows, ⌈blocks · bits / 8⌉]; float32 [rows, blocks]; or 2^(bits − 1) everywhere. */
  readonly zeroPoints: Initializer | undefined;
}

const zeroPointReader = ({ zeroPoints, bits, columns, block }: PackedRows) => {
  const blocks = Math.ceil(columns / block);
  if (zeroPoints === undefined) return () => 2 ** (bits - 1);
  if (zeroPoints.type === "float32") {
    const floats = floatsOf(zeroPoints);
    return (row: number, at: number) => floats[row * blocks + at]!;
  }
  const { bytes } = zeroPoints;
  const stride = Math.ceil((blocks * bits) / 8);
  return (row: number, at: number) => packedInteger(bytes.subarray(row * stride), bits, at);
};

/** The matrix that packed rows stand for, as [rows, columns] or transposed, computed when it is read. */
export const unpackedRows = (source: PackedRows, transposed: boolean): Initializer => {
  const { bits, block, rows, columns } = source;
  return lazyInitializer("float32", transposed ? [columns, rows] : [rows, columns], () => {
    const { bytes } = source.packed;
    const scales = floatsOf(source.scales);
    const zeroPoint = zeroPointReader(source);
    const blocks = Math.ceil(columns / block);
    const stride = (blocks * block * bits) / 8;
    const matrix = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      const own = bytes.subarray(row * stride, (row + 1) * stride);
      for (let column = 0; column < columns; column++) {
        const at = Math.floor(column / block);
        const value = packedInteger(own, bits, column) - zeroPoint(row, at);
        matrix[transposed ? column * rows + row : row * columns + column] =
          value * scales[row * blocks + at]!;
      }
    }
    return matrix;
  });
};
